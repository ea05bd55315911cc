import type { SourceLocation } from '../engine';
import { GuestStopped, outOfMemory, stackOverflow } from './guest-stopped';
import { TYPES_MODULE } from './interpreter';
import { locationOf } from './location';
import { TOO_DEEP } from './strip-types';

/** An exception of the guest's, in its own words. */
export interface Thrown {
  isError: boolean;
  name: string;
  message: string;
  stack: string;
}

/** Did the guest run out of memory? When memory is short there may be none left for a proper error. */
export function isOutOfMemory(thrown: Thrown | undefined, memoryFull: boolean): boolean {
  if (thrown?.name === 'InternalError' && thrown.message.startsWith('out of memory')) return true;
  const blank = !thrown || thrown.message === '' || (!thrown.isError && /^(null|undefined)$/.test(thrown.message));
  return blank && memoryFull;
}

/** What the engine would have caught if the guest's code ran natively; `undefined` is what cannot be shown. */
export function asNative(thrown: Thrown | undefined): unknown {
  // String() of this fails, as it does natively of what cannot be shown.
  if (!thrown) return Object.create(null);
  if (!thrown.isError) return thrown.message;
  if (isStackOverflow(thrown)) return stackOverflow();
  return Object.assign(new Error(thrown.message), { name: thrown.name });
}

const TWO_DEFAULTS = 'The file has a second `export default`; it can have only one, which is the strategy.';
const SECOND_DEFAULT = /(?<=^[ \t]*export\s+default\b[^]*^[ \t]*)export\s+default\b/m;

/** Why a file could not be loaded that threw this; `notFound` is a module that it wanted. */
export function whyNotLoaded(
  thrown: Thrown | undefined,
  where: SourceLocation | undefined,
  { source, notFound, memoryFull }: { source: string; notFound: string | undefined; memoryFull: boolean },
): GuestStopped {
  if (isOutOfMemory(thrown, memoryFull)) return outOfMemory(where);
  if (notFound !== undefined) {
    const message =
      `The file imports '${notFound}', which does not exist here; ` +
      `a strategy may import types only, from '${TYPES_MODULE}'.`;
    return new GuestStopped('import', message, whereImported(notFound, source));
  }
  const missing = /^Could not find export '(.*)' in module/.exec(thrown?.message ?? '');
  if (missing && thrown?.name === 'SyntaxError') {
    const message = `The file imports ${missing[1]} from '${TYPES_MODULE}', which has no such type.`;
    return new GuestStopped('import', message, whereImported(TYPES_MODULE, source));
  }
  // A stack without a function is the parser's. Its columns are those of the line's start.
  if (thrown && !thrown.stack.includes('(')) {
    if (isStackOverflow(thrown)) return new GuestStopped('syntax', TOO_DEEP);
    if (thrown.name === 'SyntaxError') {
      const second = /^duplicate exported name 'default'/.test(thrown.message);
      if (second) return new GuestStopped('syntax', TWO_DEFAULTS, locationOf(SECOND_DEFAULT, source));
      const unknown = /^exported variable '(.*)' does not exist/.exec(thrown.message)?.[1];
      const named = unknown === undefined ? undefined : locationOf(exportOf(unknown), source);
      return new GuestStopped('syntax', `The code cannot be read: ${thrown.message}.`, named ?? { line: where?.line });
    }
  }
  const what = thrown ? [thrown.name, thrown.message].filter(Boolean).join(': ') : 'something that cannot be shown';
  return new GuestStopped('threw-on-load', `The file threw while it was loaded: ${what}`, where);
}

function isStackOverflow({ name, message }: Thrown): boolean {
  return name === 'RangeError' && message.includes('call stack');
}

function whereImported(module: string, source: string): SourceLocation | undefined {
  return locationOf(new RegExp(`(?<=\\b(?:from|import)\\s*)(['"])${literally(module)}\\1`), source);
}

/** Where a name is exported that is declared elsewhere, or nowhere. */
function exportOf(name: string): RegExp {
  return new RegExp(`(?<=\\bexport\\s*\\{[^}]*)(?<![\\w$])${literally(name)}(?![\\w$])`);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
