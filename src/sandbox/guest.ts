import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import type { Migration, SourceLocation, Step } from '../engine';
import { Boundary } from './boundary';
import { Budget } from './budget';
import { GUEST_API } from './guest-api';
import { HARDENING } from './guest-hardening';
import { GuestStopped, notAStrategy } from './guest-stopped';
import { hostFunctions, type Thrown } from './host-functions';
import { beginningOf, LEARNERS_FILE, locationIn, locationOf } from './location';
import { HEAP_BYTES, isMemoryFull, STACK_BYTES, type QuickJs } from './quickjs';
import { References } from './references';
import { standInFor } from './stand-in';

/** The types' module has nothing in it at run time; but somebody may forget `type` in `import type`. */
const TYPES_MODULE = 'live-migration-lab';
const TYPES = ['Guest', 'Link', 'Migration', 'Page', 'PageSet', 'Step', 'Strategy'];

/** Everything of the language but `Date`, `eval`'s compiler included: it loads the file. */
const INTRINSICS = {
  BaseObjects: true,
  Eval: true,
  StringNormalize: true,
  RegExp: true,
  RegExpCompiler: true,
  JSON: true,
  Proxy: true,
  MapSet: true,
  TypedArrays: true,
  Promise: true,
  BigInt: true,
};

/** The learner's text, and what it became without its types. */
export interface Program {
  source: string;
  code: string;
}

/**
 * One run of a learner's strategy: a QuickJS runtime and context of its own, fresh, limited, and gone afterwards.
 *
 * What the learner's code throws comes out as the engine would see it natively, so that reports agree; `GuestStopped`
 * comes out when it has to end.
 */
export class Guest {
  readonly budget: Budget;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #boundary: Boundary;
  readonly #references: References;
  readonly #lines: readonly string[];
  readonly #driver: QuickJSHandle;
  readonly #resume: QuickJSHandle;
  /** Errors of the engine that crossed into the guest, and may come back out. */
  readonly #refusals: { handle: QuickJSHandle; error: unknown }[] = [];
  /** Where the steps were made, so that a finding during a step has a place. */
  readonly #madeAt = new WeakMap<Step, SourceLocation>();
  /** Whether the learner's code is running, and may act on the migration. */
  #running = false;
  /** The verb that was called last. */
  #verb = '';
  /** The engine is making a step. */
  #making = false;
  #yieldedRubbish = false;
  #place: SourceLocation | undefined;
  #thrown: Thrown | undefined;
  #notFound: string | undefined;
  #disposed = false;
  #broken = false;

  constructor(
    private readonly quickjs: QuickJs,
    private readonly program: Program,
    m: Migration,
    seed: number,
    /** Whether to remember where each step is made, which costs as much as the rest of a step. */
    private readonly placeSteps: boolean,
  ) {
    this.#lines = program.source.split('\n');
    this.budget = new Budget(m.guest.pageCount);
    this.#runtime = quickjs.newRuntime();
    this.#runtime.setMemoryLimit(HEAP_BYTES);
    this.#runtime.setMaxStackSize(STACK_BYTES);
    this.#runtime.setInterruptHandler(this.budget.tick);
    this.#runtime.setModuleLoader((name) => {
      if (name === TYPES_MODULE) return TYPES.map((type) => `export const ${type} = undefined;`).join('');
      this.#notFound = name;
      throw new Error('There is nothing to import.');
    });
    this.#context = this.#runtime.newContext({ intrinsics: INTRINSICS });
    this.#boundary = new Boundary(quickjs, this.#runtime, this.#context);
    this.#references = new References(this.#boundary, m.guest.pageCount);
    this.#driver = this.#prepare(m, seed);
    this.#resume = this.#context.getProp(this.#driver, 'next');
  }

  /** QuickJS itself failed: its instance must not be used any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Evaluates the file and starts its generator. Throws `GuestStopped` if it has none. */
  load(): void {
    const kind = this.#run(() => {
      const result = this.#attempt(() => this.#context.evalCode(this.program.code, LEARNERS_FILE, { type: 'module', strict: true }));
      if (result.error) return this.#failToLoad(result.error);
      return result.value.consume((module) => {
        if (this.#context.getPromiseState(module).type === 'pending') {
          throw new GuestStopped('threw-on-load', 'The file awaits something outside of its functions, but nothing that a strategy could await ever comes.');
        }
        return this.#text(this.#call('load', module));
      });
    });
    if (kind !== 'generator') throw notAStrategy(kind, locationOf(/\bexport\s+default\b/, this.program.source));
    this.#run(() => this.#call('begin').dispose());
  }

  /** Resumes the strategy until it yields: a step of the engine's, or what stands for anything else. */
  next(): IteratorResult<Step, void> {
    return this.#run(() => {
      this.#place = undefined;
      const result = this.#attempt(() => this.#boundary.call(this.#resume));
      if (result.error) return this.#rethrow(result.error);
      const step = this.#boundary.resolve(result.value) as Step | undefined;
      const done = !step && this.#boundary.toNumber(result.value) === 0;
      this.#boundary.free(result.value);
      if (done) return { done, value: undefined };
      if (!step) {
        this.#yieldedRubbish = true;
        this.#running = false;
        return { done, value: standInFor(this.#text(this.#call('rubbish'))) as Step };
      }
      this.#references.yielded();
      this.#place = this.#madeAt.get(step);
      return { done, value: step };
    });
  }

  /** Where in the learner's text the strategy is: while it runs, the line that runs; else, what it yielded last or threw. */
  locate(): SourceLocation | undefined {
    if (this.#running) {
      if (this.#making && !this.placeSteps) return undefined;
      this.#place = this.#placeFrom('here', this.#verb);
    } else if (this.#yieldedRubbish && !this.#disposed) {
      this.#yieldedRubbish = false;
      this.#place = this.whereSuspended();
    }
    return this.#place;
  }

  /** Which `yield` the strategy hangs at. Ends it. */
  whereSuspended(): SourceLocation | undefined {
    return this.#placeFrom('whereSuspended', 'yield');
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#broken) return;
    try {
      for (const { handle } of this.#refusals) handle.dispose();
      this.#resume.dispose();
      this.#driver.dispose();
      this.#context.dispose();
      this.#runtime.dispose();
    } catch {
      this.#broken = true;
    }
  }

  /** Hardens the context, then builds our side of the guest in it. */
  #prepare(m: Migration, seed: number): QuickJSHandle {
    const context = this.#context;
    const callbacks = {
      enter: (verb: string) => {
        this.#verb = verb;
        return this.#running;
      },
      making: () => void ((this.#making = true), (this.#place = undefined)),
      made: (step: Step) => {
        this.#making = false;
        if (this.#place) this.#madeAt.set(step, this.#place);
      },
      refused: (error: unknown, handle: QuickJSHandle) => {
        this.#making = false;
        this.#refusals.push({ error, handle: handle.dup() });
      },
      thrown: (what: Thrown) => void (this.#thrown = what),
    };
    const evaluate = (text: string, argument: QuickJSHandle) =>
      context
        .unwrapResult(context.evalCode(text, 'lab', { type: 'global' }))
        .consume((main) => argument.consume(() => context.unwrapResult(context.callFunction(main, context.undefined, argument))));
    evaluate(HARDENING, context.newNumber(seed)).dispose();
    return evaluate(GUEST_API, hostFunctions(m, this.#boundary, this.#references, this.budget, callbacks));
  }

  /** Lets the learner's code run and act. */
  #run<T>(work: () => T): T {
    this.#running = true;
    try {
      return work();
    } finally {
      this.#running = false;
    }
  }

  /** Calls a function of the driver. The learner's exceptions come out as `#rethrow` says. */
  #call(name: string, ...args: QuickJSHandle[]): QuickJSHandle {
    const result = this.#attempt(() =>
      this.#context.getProp(this.#driver, name).consume((call) => this.#context.callFunction(call, this.#context.undefined, ...args)),
    );
    return result.error ? this.#rethrow(result.error) : result.value;
  }

  /** Does what must not fail in QuickJS; if it does, nothing of the instance can be trusted any more. */
  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#broken = true;
      // The thread's own stack ended before QuickJS's did.
      if (error instanceof RangeError) throw stackOverflow();
      if (isMemoryFull(this.quickjs)) throw outOfMemory();
      throw new GuestStopped('infra', `The interpreter failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Throws what the guest threw, as the engine would see it if it had been thrown natively. */
  #rethrow(guestError: QuickJSHandle): never {
    const refusal = this.#refusals.find(({ handle }) => this.#call('same', handle, guestError).consume((same) => this.#context.getNumber(same)) === 1);
    const thrown = this.#describe(guestError);
    this.#place = thrown && locationIn(thrown.stack, this.#lines);
    if (this.budget.exhausted) throw new GuestStopped('endless', this.budget.message, this.#place);
    if (refusal) throw refusal.error;
    if (this.#isOutOfMemory(thrown)) throw outOfMemory(this.#place);
    // Natively String() would fail as well.
    if (!thrown) throw Object.create(null);
    if (!thrown.isError) throw thrown.message;
    if (thrown.name === 'RangeError' && /call stack/.test(thrown.message)) throw stackOverflow();
    throw Object.assign(new Error(thrown.message), { name: thrown.name });
  }

  #failToLoad(guestError: QuickJSHandle): never {
    const thrown = this.#describe(guestError);
    const where = thrown && locationIn(thrown.stack, this.#lines);
    if (this.budget.exhausted) throw new GuestStopped('endless-on-load', `The file did not come to an end while it was loaded: ${this.budget.message}`, where);
    if (this.#isOutOfMemory(thrown)) throw outOfMemory(where);
    if (this.#notFound !== undefined) {
      const message = `The file imports '${this.#notFound}', which does not exist here; a strategy may import types only, from '${TYPES_MODULE}'.`;
      throw new GuestStopped('import', message, this.#whereImported(this.#notFound));
    }
    const missing = /^Could not find export '(.*)' in module/.exec(thrown?.message ?? '');
    if (missing && thrown?.name === 'SyntaxError') {
      const message = `The file imports ${missing[1]} from '${TYPES_MODULE}', which has no such type.`;
      throw new GuestStopped('import', message, this.#whereImported(TYPES_MODULE));
    }
    // A stack without a function is the parser's. Its columns are those of the line's start.
    if (thrown?.name === 'SyntaxError' && /^\s*at strategy\.ts:/.test(thrown.stack)) {
      throw new GuestStopped('syntax', `The code cannot be read: ${thrown.message}.`, { line: where?.line });
    }
    const what = thrown ? [thrown.name, thrown.message].filter(Boolean).join(': ') : 'something that cannot be shown';
    throw new GuestStopped('threw-on-load', `The file threw while it was loaded: ${what}`, where);
  }

  /** Asks the guest, because looking at an exception may run the learner's code; which may not act any more. */
  #describe(guestError: QuickJSHandle): Thrown | undefined {
    this.#running = false;
    this.#thrown = undefined;
    this.budget.grace();
    const result = this.#attempt(() =>
      this.#context.getProp(this.#driver, 'describe').consume((call) => this.#context.callFunction(call, this.#context.undefined, guestError)),
    );
    result.dispose();
    guestError.dispose();
    return this.#thrown;
  }

  /** When memory is short there may be none left for a proper error. */
  #isOutOfMemory(thrown: Thrown | undefined): boolean {
    if (thrown?.name === 'InternalError' && thrown.message.startsWith('out of memory')) return true;
    const blank = !thrown || thrown.message === '' || (!thrown.isError && /^(null|undefined)$/.test(thrown.message));
    return blank && isMemoryFull(this.quickjs);
  }

  #placeFrom(name: 'here' | 'whereSuspended', word: string): SourceLocation | undefined {
    const place = locationIn(this.#text(this.#call(name)), this.#lines);
    return place && beginningOf(word, place, this.#lines);
  }

  #whereImported(module: string): SourceLocation | undefined {
    const name = module.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return locationOf(new RegExp(`(?<=\\b(?:from|import)\\s*)(['"])${name}\\1`), this.program.source);
  }

  #text(handle: QuickJSHandle): string {
    return handle.consume((text) => this.#context.getString(text));
  }
}

function outOfMemory(where?: SourceLocation): GuestStopped {
  return new GuestStopped('out-of-memory', `The strategy took more than the ${HEAP_BYTES / 1024 ** 2} MiB of memory that it may have.`, where);
}

function stackOverflow(): Error {
  return Object.assign(new Error('a function calls itself too deeply.'), { name: 'RangeError' });
}
