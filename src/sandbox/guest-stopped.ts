import type { SourceLocation } from '../engine';
import type { StrategyErrorKind } from '../lab/strategy-runner';
import { HEAP_BYTES } from './quickjs';

/** The guest cannot go on: its file gave no strategy, or the strategy used up what it may use. */
export class GuestStopped extends Error {
  override readonly name = 'GuestStopped';

  constructor(
    readonly kind: StrategyErrorKind | 'endless',
    /** One sentence for people. */
    message: string,
    readonly where: Partial<SourceLocation> = {},
  ) {
    super(message);
  }
}

const NOT_A_GENERATOR: Readonly<Record<string, string>> = {
  plain: 'a function without the star; it needs `function*`, because a strategy yields its steps',
  async: 'an async function; a strategy is a generator function, which yields instead of awaiting: `function*`',
  'async generator': 'an async generator function; a strategy awaits nothing: `function*` without `async`',
  null: 'null; it needs to be a generator function',
  object: 'an object; it needs to be a generator function',
  undefined: 'undefined; it needs to be a generator function',
};

/** What to say about a file whose default export is no generator function but of this kind, or `nothing`. */
export function notAStrategy(kind: string, where: Partial<SourceLocation> | undefined): GuestStopped {
  if (kind === 'nothing') {
    const message = 'The file has no default export; it needs `export default function* name(m: Migration) { … }`.';
    return new GuestStopped('no-export', message);
  }
  const what = NOT_A_GENERATOR[kind] ?? `a ${kind}; it needs to be a generator function`;
  return new GuestStopped('not-a-generator', `The default export is ${what}.`, where);
}

export function outOfMemory(where?: SourceLocation): GuestStopped {
  const mebibytes = HEAP_BYTES / 1024 ** 2;
  const message = `The strategy took more than the ${mebibytes} MiB of memory that it may have.`;
  return new GuestStopped('out-of-memory', message, where);
}

/** What the engine sees when the guest's stack is used up: an exception like any other. */
export function stackOverflow(): Error {
  return Object.assign(new Error('a function calls itself too deeply.'), { name: 'RangeError' });
}
