import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { Migration, Page, PageSet, SendOptions, Step, ThrottleOptions } from '../engine';
import { shown } from '../engine/migration/argument';
import { didYouMean } from '../lab/experiment/nearest';
import { NOTHING, type Arguments, type Boundary, type Value } from './boundary';
import type { Budget } from './budget';
import type { References } from './references';
import { numberFor, standInFor } from './stand-in';
import type { Thrown } from './thrown';

/** More page numbers at a time than a strategy has room for beside its own data. */
const MAX_ARRAY = 1 << 20;
/** What a call of ours weighs in the budget, in turns of a loop: what it takes to cross and to read a figure. */
const CALL = 20;
/** To hand out a page set that is there already. */
const GIVE = 60;
/** To make one of another. */
const MAKE = 100;
/** To take or to hand out page numbers, however few. */
const NUMBERS = 300;
/** To write down what somebody says. */
const NOTE = 60;
/** To drop pages at the destination; and so many of the guest's pages on top of it for one turn. */
const DISCARD = 1000;
const DISCARD_PAGES_PER_POLL = 1 << 4;
/** To say why a call makes no sense; the exception itself comes on top of it. */
const REFUSE = 600;
/** To write a stack trace, which QuickJS does for everything that is thrown. */
const THROW = 400;
/** A set operation looks at this many pages in the time of one turn of a loop. */
const PAGES_PER_POLL = 1 << 18;
/** But of a bitmap that is copied or read to the last word, it gets through this many pages in that time. */
const BITMAP_PAGES_PER_POLL = 1 << 9;
/** And where it looks at one page after the other, through these. */
const SINGLE_PAGES_PER_POLL = 4;
/** Of pages that are picked out of a set it gets through these. */
const PICKED_PAGES_PER_POLL = 8;
/** Touches that `recentlyUsed()` may have to look through, as many writes as reads (engine/guest/touches.ts). */
const MAX_REMEMBERED = 2 * 65_536;
/** Whoever catches this gets no further: the interpreter ends the guest within its next ten thousand steps. */
const STOPPED = 'The strategy was stopped.';

export interface HostCallbacks {
  /** The guest calls a verb: may it act on the migration now? */
  enter(verb: string): boolean;
  /** The guest asks for a step: the engine is about to make it, and has made it. */
  making(): void;
  made(step: Step): void;
  /** An engine's exception crosses into the guest as this error. */
  refused(error: unknown, guestError: QuickJSHandle): void;
  /** Has the guest call a function that does nothing. */
  pass(): void;
  /** Is it the guest's doing that it runs, rather than somebody's who only wants to know where it is? */
  charged(): boolean;
  /** The guest has described what it threw. */
  thrown(what: Thrown): void;
}

/**
 * The only functions of ours that the guest can reach: the verbs of `m`, on references and plain values. Each checks
 * what it is given, whoever calls it.
 */
export function hostFunctions(
  m: Migration,
  boundary: Boundary,
  references: References,
  budget: Budget,
  callbacks: HostCallbacks,
  /** Whether the guest notes where each exception is thrown. */
  placeThrows: boolean,
): QuickJSHandle {
  const { context } = boundary;
  const table = context.newObject();
  const { pageCount } = m.guest;
  const setCost = GIVE + Math.ceil(pageCount / PAGES_PER_POLL);
  const madeCost = setCost - GIVE + MAKE;
  const bitmapCost = MAKE + Math.ceil(pageCount / BITMAP_PAGES_PER_POLL);

  const define = (name: string, call: (args: Arguments) => Value, cost = CALL) =>
    boundary.define(table, name, (args) => {
      budget.charge(cost);
      if (budget.exhausted || !callbacks.enter(name)) return boundary.throw(context.newError(STOPPED));
      try {
        return call(args);
      } catch (error) {
        budget.charge(REFUSE);
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        const guestError = context.newError({ name, message });
        callbacks.refused(error, guestError);
        return boundary.throw(guestError);
      }
    });
  const act = (name: string, verb: (args: Arguments) => void, cost = CALL) =>
    define(name, (args) => (verb(args), NOTHING), cost);
  const number = (name: string, verb: (args: Arguments) => number, cost = CALL) =>
    define(name, (args) => boundary.number(verb(args)), cost);
  const pages = (name: string, verb: (args: Arguments) => PageSet, cost = setCost) =>
    define(name, (args) => references.giveSet(verb(args)), cost);
  const step = (name: string, verb: (args: Arguments) => Step, cost = CALL) =>
    define(
      name,
      (args) => {
        callbacks.making();
        const made = verb(args);
        callbacks.made(made);
        return references.giveStep(made);
      },
      cost,
    );

  const constants = {
    pageCount,
    pageSize: m.guest.pageSize,
    stateBytes: m.guest.stateBytes,
    bytesPerSecond: m.link.bytesPerSecond,
    latency: m.link.latency,
    downtimeLimit: m.downtimeLimit,
    maxRounds: m.maxRounds,
    maxBandwidth: m.maxBandwidth,
    placeThrows: Number(placeThrows),
  };
  for (const [name, value] of Object.entries(constants)) {
    context.newNumber(value).consume((handle) => context.setProp(table, name, handle));
  }

  number('size', (args) => setOf(args, 0).size);
  number('has', (args) => Number(setOf(args, 0).has(args.number(1))));
  pages('union', (args) => setOf(args, 0).union(setOf(args, 1)), bitmapCost);
  pages('intersect', (args) => setOf(args, 0).intersect(setOf(args, 1)), bitmapCost);
  pages('minus', (args) => setOf(args, 0).minus(setOf(args, 1)), bitmapCost);
  const some = (set: PageSet): PageSet => {
    budget.charge(set.size / PICKED_PAGES_PER_POLL);
    return set;
  };
  pages('first', (args) => some(setOf(args, 0).first(numberOf(args, 1))), madeCost);
  pages('nearest', (args) => some(setOf(args, 0).nearest(...twoNumbers(args))), madeCost);
  pages('between', (args) => setOf(args, 0).between(...twoNumbers(args)));
  const toArray = (args: Arguments) => {
    const set = setOf(args, 0);
    if (set.size <= MAX_ARRAY) return giveWords(boundary, set.toArray());
    throw new RangeError(
      `toArray() of ${set.size} pages: at most ${MAX_ARRAY} fit into a strategy's memory. ` +
        'Use union(), minus(), first() or nearest() instead.',
    );
  };
  define('toArray', toArray, NUMBERS);

  pages('allPages', () => m.guest.allPages());
  const pagesOf = (args: Arguments) => {
    if (args.count === 2) return m.guest.pages(standInFor(args.text(1)) as Iterable<Page>);
    const numbers = new Float64Array(args.bytes(0));
    budget.charge(numbers.length / 8);
    if (args.count === 1) return m.guest.pages(numbers);
    // The last of them is none.
    return m.guest.pages([...numbers.subarray(0, args.number(2)), standInFor(args.text(1)) as Page]);
  };
  pages('pages', pagesOf, setCost + NUMBERS);

  number('now', () => m.now);
  number('pagesSent', () => m.pagesSent);
  number('bytesSent', () => m.bytesSent);
  // The engine goes through the whole set, if only to say what is unsent.
  const send = (args: Arguments) => {
    const set = setOf(args, 0);
    return args.count < 3 ? m.send(set) : m.send(set, sendOptions(args));
  };
  step('send', send, setCost);
  step('sendState', () => m.sendState());
  step('mirrorStorage', () => m.mirrorStorage());
  step('wait', (args) => m.wait(numberOf(args, 0)));
  pages('unsent', () => m.unsent());
  act('limitRate', (args) => m.limitRate(numberOf(args, 0)));
  pages('syncDirty', () => m.syncDirty(), 2 * bitmapCost);
  pages('peekDirty', () => m.peekDirty(), bitmapCost);
  number('secondsToSend', (args) => m.secondsToSend(setOf(args, 0)), setCost);
  act('pause', () => m.pause());
  number('paused', () => Number(m.paused));
  number('resumed', () => Number(m.resumed));
  act('resumeAtDestination', () => m.resumeAtDestination());
  pages('missing', () => m.missing());
  act('discard', (args) => m.discard(setOf(args, 0)), DISCARD + Math.ceil(pageCount / DISCARD_PAGES_PER_POLL));
  define('newFaults', (args) => {
    const faults = m.faults();
    const from = Math.max(0, args.number(0) || 0);
    if (faults.length <= from) return NOTHING;
    budget.charge(NUMBERS);
    return giveWords(boundary, faults.slice(from));
  });
  pages('recentlyUsed', (args) => {
    const count = args.number(0);
    if (count > 0) budget.charge(MAX_REMEMBERED / SINGLE_PAGES_PER_POLL);
    return m.recentlyUsed(count);
  });
  pages('freePages', () => m.freePages(), bitmapCost);
  act('release', (args) => m.release(setOf(args, 0)), 2 * bitmapCost);
  const balloon = (args: Arguments) => {
    const size = numberOf(args, 0);
    budget.charge(Math.min(Math.max(0, size) || 0, pageCount) / SINGLE_PAGES_PER_POLL);
    return m.balloon(size);
  };
  number('balloon', balloon, 3 * bitmapCost);
  act('throttle', (args) => {
    if (args.count < 3) m.throttle(numberOf(args, 0));
    else m.throttle(args.number(0), throttleOptions(args));
  });
  act('announce', () => m.announce());
  act('note', (args) => m.note(args.text(0)), NOTE);
  act('abort', (args) => m.abort(args.text(0)));

  // Work that the interpreter does not count.
  act('charge', (args) => {
    budget.charge(Math.max(0, args.number(0)) || 0);
    if (budget.exhausted) throw new Error(STOPPED);
  });
  // Not a call of the guest's: QuickJS's, when something is thrown. Ten lines are enough to find the learner's.
  boundary.define(table, 'throwing', () => {
    if (callbacks.charged()) budget.charge(THROW);
    // A loop of as many steps as divide ten thousand would be interrupted at this same place for ever.
    if (budget.takeIgnored()) callbacks.pass();
    return boundary.number(10);
  });
  // Open also to a guest that has been stopped: it says where.
  boundary.define(table, 'thrown', (args) => {
    const isError = args.number(0) === 1;
    callbacks.thrown({ isError, name: args.text(1), message: args.text(2), stack: args.text(3) });
    return NOTHING;
  });
  return table;
}

/** A page set, or what stands for something else that the guest passed: the argument after it says what. */
function setOf(args: Arguments, i: number): PageSet {
  return (args.reference(i) ?? standInFor(args.text(i + 1))) as PageSet;
}

/** A number, or what stands for something else: the argument after it says what. */
function numberOf(args: Arguments, i: number): number {
  return i + 1 < args.count ? (numberFor(args.text(i + 1)) as number) : args.number(i);
}

/** The two arguments behind the first, or what stands for them: another two say what. */
function twoNumbers(args: Arguments): [number, number] {
  if (args.count < 4) return [args.number(1), args.number(2)];
  return [numberFor(args.text(3)) as number, numberFor(args.text(4)) as number];
}

/** The options' fields, which the guest's side has read once each; or what stands for something without fields. */
function sendOptions(args: Arguments): SendOptions {
  if (args.count < 4) return refuseOptions('send', args.text(2), '{ seconds: 1 }', ['seconds', 'bytes', 'skipDirty']);
  const numbers = args.number(2);
  const bound = (i: number, bit: number) => ((numbers & bit) !== 0 ? args.number(i) : numberFor(args.text(i)));
  return { seconds: bound(3, 1), bytes: bound(4, 2), skipDirty: flagOf(args, 5) };
}

function throttleOptions(args: Arguments): ThrottleOptions {
  if (args.count < 4) return refuseOptions('throttle', args.text(2), '{ writers: true }', ['writers', 'runSeconds']);
  const runSeconds = args.number(3);
  return { writers: flagOf(args, 2), runSeconds: runSeconds < 0 ? undefined : runSeconds };
}

/** `what`: the kind of thing that was passed, or `unknown:` and the field that is not known. */
function refuseOptions(verb: string, what: string, example: string, known: readonly string[]): never {
  if (what.startsWith('unknown:')) {
    const name = what.slice('unknown:'.length);
    const options = `its options are ${known.map((each) => `\`${each}\``).join(', ')}`;
    const meant = didYouMean(name, known);
    throw new TypeError(`${verb}(…, { ${name} }): ${verb}() has no such option; ${options}.${meant}`);
  }
  const given = what === 'set' ? 'a PageSet' : shown(standInFor(what));
  throw new TypeError(`${verb}(…, ${given}): the options must be an object, such as ${example}.`);
}

/** Yes or no; a negative number if the field is not there. */
function flagOf(args: Arguments, i: number): boolean | undefined {
  const flag = args.number(i);
  return flag < 0 ? undefined : flag === 1;
}

function giveWords(boundary: Boundary, pages: readonly Page[]): Value {
  return boundary.give(boundary.context.newArrayBuffer(Uint32Array.from(pages).buffer));
}
