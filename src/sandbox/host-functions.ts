import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import type { Migration, Page, PageSet, Step } from '../engine';
import type { Budget } from './budget';
import type { References } from './references';
import { standInFor } from './stand-in';

/** More page numbers at a time than a strategy has room for beside its own data. */
const MAX_ARRAY = 1 << 20;
/** What a call of ours weighs in the budget, in loop iterations. */
const CALL = 5;
/** A set operation looks at this many pages in the time of one loop iteration. */
const PAGES_PER_POLL = 1 << 18;

/** An exception on its way out of the guest, in the guest's own words. */
export interface Thrown {
  isError: boolean;
  name: string;
  message: string;
  stack: string;
}

export interface HostCallbacks {
  /** The guest has just made this step. */
  made(step: Step): void;
  /** The guest has described what it threw. */
  thrown(what: Thrown): void;
  /** An engine's exception crosses into the guest as this error. */
  refused(error: unknown, guestError: QuickJSHandle): void;
  /** Whether the guest may still act on the migration. */
  open(): boolean;
}

/**
 * The only functions of ours that the guest can reach: the verbs of `m`, on references and plain values. Each checks
 * what it is given, whoever calls it.
 */
export function hostFunctions(
  context: QuickJSContext,
  m: Migration,
  references: References,
  budget: Budget,
  callbacks: HostCallbacks,
): QuickJSHandle {
  const table = context.newObject();
  const setCost = Math.ceil(m.guest.pageCount / PAGES_PER_POLL);

  const number = (handle: QuickJSHandle | undefined) => (handle ? context.getNumber(handle) : NaN);
  const text = (handle: QuickJSHandle | undefined) => (handle ? context.getString(handle) : '');
  const set = (handle: QuickJSHandle | undefined, kind?: QuickJSHandle) =>
    ((handle && references.resolve(handle)) ?? standInFor(text(kind))) as PageSet;
  const words = (pages: readonly Page[]) => context.newArrayBuffer(Uint32Array.from(pages).buffer);
  const toSet = (pages: PageSet) => references.toSet(pages);
  const toStep = (step: Step) => {
    callbacks.made(step);
    return references.toStep(step);
  };

  const define = (name: string, call: (...args: QuickJSHandle[]) => QuickJSHandle | void, cost = CALL) => {
    const handle = context.newFunction(name, (...args) => {
      budget.charge(cost);
      if (budget.exhausted || !callbacks.open()) return { error: context.newError('The strategy was stopped.') };
      try {
        return call(...args);
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        const guestError = context.newError({ name, message });
        callbacks.refused(error, guestError);
        return { error: guestError };
      }
    });
    context.setProp(table, name, handle);
    handle.dispose();
  };
  const constant = (name: string, value: number) => context.newNumber(value).consume((handle) => context.setProp(table, name, handle));

  constant('pageCount', m.guest.pageCount);
  constant('pageSize', m.guest.pageSize);
  constant('stateBytes', m.guest.stateBytes);
  constant('bytesPerSecond', m.link.bytesPerSecond);
  constant('latency', m.link.latency);
  constant('downtimeLimit', m.downtimeLimit);
  constant('maxRounds', m.maxRounds);

  define('size', (self) => context.newNumber(set(self).size));
  define('has', (self, page) => (set(self).has(number(page)) ? context.true : context.false));
  for (const verb of ['union', 'intersect', 'minus'] as const) {
    define(verb, (self, other, kind) => toSet(set(self)[verb](set(other, kind))), CALL + setCost);
  }
  define('first', (self, count) => toSet(set(self).first(number(count))), CALL + setCost);
  define('nearest', (self, pivot, count) => {
    const near = set(self).nearest(number(pivot), number(count));
    budget.charge(near.size / 64);
    return toSet(near);
  });
  define('toArray', (self) => {
    const pages = set(self);
    if (pages.size <= MAX_ARRAY) return words(pages.toArray());
    throw new RangeError(`toArray() of ${pages.size} pages: at most ${MAX_ARRAY} fit into a strategy's memory. Use union(), minus(), first() or nearest() instead.`);
  });

  define('allPages', () => toSet(m.guest.allPages()));
  define('pages', (buffer, kind) => {
    if (kind) return toSet(m.guest.pages(standInFor(text(kind)) as Iterable<Page>));
    const copy = context.getArrayBuffer(buffer);
    // Once more: the copy need not lie on a boundary of eight.
    const numbers = new Float64Array(copy.value.slice().buffer);
    copy.dispose();
    budget.charge(numbers.length / 8);
    return toSet(m.guest.pages(numbers));
  });

  define('now', () => context.newNumber(m.now));
  define('send', (pages, kind) => toStep(m.send(set(pages, kind))));
  define('sendState', () => toStep(m.sendState()));
  define('wait', (seconds, kind) => toStep(m.wait(kind ? (standInFor(text(kind)) as number) : number(seconds))));
  define('syncDirty', () => toSet(m.syncDirty()), CALL + setCost);
  define('secondsToSend', (pages, kind) => context.newNumber(m.secondsToSend(set(pages, kind))), CALL + setCost);
  define('pause', () => m.pause());
  define('resumeAtDestination', () => m.resumeAtDestination());
  define('missing', () => toSet(m.missing()), CALL + setCost);
  define('discard', (pages, kind) => m.discard(set(pages, kind)), CALL + setCost);
  define('newFaults', (known) => {
    const faults = m.faults();
    const from = Math.max(0, number(known) || 0);
    return faults.length > from ? words(faults.slice(from)) : undefined;
  });
  define('throttle', (fraction, kind) => m.throttle(kind ? (standInFor(text(kind)) as number) : number(fraction)));
  define('note', (line) => m.note(text(line)));
  define('abort', (reason) => m.abort(text(reason)));

  define('charge', (polls) => budget.charge(Math.max(0, number(polls)) || 0));

  const thrown = context.newFunction('thrown', (isError, name, message, stack) => {
    callbacks.thrown({ isError: number(isError) === 1, name: text(name), message: text(message), stack: text(stack) });
  });
  context.setProp(table, 'thrown', thrown);
  thrown.dispose();
  return table;
}
