import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { Migration, SourceLocation, Step } from '../engine';
import { Budget } from './budget';
import { GUEST_API } from './guest-api';
import { HARDENING } from './guest-hardening';
import { GuestStopped, notAStrategy, outOfMemory } from './guest-stopped';
import { hostFunctions, type HostCallbacks } from './host-functions';
import { Interpreter } from './interpreter';
import { beginningOf, locationIn, locationOf, loopAt } from './location';
import type { QuickJs } from './quickjs';
import { References } from './references';
import { standInFor } from './stand-in';
import { TOO_DEEP } from './strip-types';
import { asNative, isOutOfMemory, whyNotLoaded, type Thrown } from './thrown';

/** The learner's text, and what it became without its types. */
export interface Program {
  source: string;
  code: string;
}

/** Of what it is remembered where in the text it was, although that is rarely asked for. */
export interface Placed {
  /** Where each step is made, which costs as much as the rest of a step. */
  readonly steps: boolean;
  /** Where each exception is thrown, also what is no error and so cannot tell. */
  readonly throws: boolean;
}

/** An error of the engine's that crossed into the guest. */
interface Refusal {
  readonly error: unknown;
}

/**
 * One run of a learner's strategy, in an interpreter of its own that is gone afterwards.
 *
 * What the learner's code throws comes out as the engine would see it natively, so that reports agree; `GuestStopped`
 * comes out when it has to end.
 */
export class Guest {
  readonly budget: Budget;
  readonly #interpreter: Interpreter;
  readonly #references: References;
  readonly #lines: readonly string[];
  readonly #driver: QuickJSHandle;
  readonly #resume: QuickJSHandle;
  /** Where the steps were made, so that a finding during a step has a place. */
  readonly #madeAt = new WeakMap<Step, SourceLocation>();
  /** Whether the learner's code is running, and may act on the migration. */
  #running = false;
  /** The verb that was called last, and whether the engine is making a step for it. */
  #verb = '';
  #making = false;
  /** We are asking where it is, at nobody's expense. */
  #asking = false;
  #yieldedRubbish = false;
  #place: SourceLocation | undefined;
  #thrown: Thrown | undefined;
  #disposed = false;

  constructor(
    quickjs: QuickJs,
    private readonly program: Program,
    m: Migration,
    seed: number,
    private readonly placed: Placed,
  ) {
    this.#lines = program.source.split('\n');
    this.budget = new Budget(m.guest.pageCount);
    this.#interpreter = new Interpreter(quickjs, this.budget);
    const { boundary, context } = this.#interpreter;
    this.#references = new References(boundary, m.guest.pageCount);
    this.#interpreter.start(HARDENING, context.newNumber(seed)).dispose();
    const host = hostFunctions(m, boundary, this.#references, this.budget, this.#callbacks(), placed.throws);
    this.#driver = this.#interpreter.start(GUEST_API, host);
    this.#resume = context.getProp(this.#driver, 'next');
  }

  /** QuickJS itself failed: its instance must not be used any more. */
  get broken(): boolean {
    return this.#interpreter.broken;
  }

  /** Evaluates the file and starts its generator. Throws `GuestStopped` if it has none. */
  load(): void {
    const kind = this.#run(() => this.#evaluate());
    if (kind !== 'generator') throw notAStrategy(kind, locationOf(/\bexport\s+default\b/, this.program.source));
    this.#run(() => this.#call('begin').dispose());
  }

  /** Resumes the strategy until it yields: a step of the engine's, or what stands for anything else. */
  next(): IteratorResult<Step, void> {
    return this.#run(() => {
      const { boundary } = this.#interpreter;
      this.#place = undefined;
      const result = this.#interpreter.attempt(() => boundary.call(this.#resume));
      if (result.error) return this.#rethrow(result.error);
      const step = boundary.resolve(result.value) as Step | undefined;
      const done = !step && boundary.toNumber(result.value) === 0;
      boundary.free(result.value);
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

  /** Ends the strategy at the `yield` where it hangs, as a generator's `return()` does. */
  close(): void {
    this.#run(() => this.#call('close').dispose());
  }

  /** Where in the learner's text the strategy is: the line that runs, or that it yielded or threw at last. */
  locate(): SourceLocation | undefined {
    if (this.#running) {
      if (this.#making && !this.placed.steps) return undefined;
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
    this.#interpreter.dispose([this.#resume, this.#driver]);
  }

  #callbacks(): HostCallbacks {
    return {
      enter: (verb) => {
        this.#verb = verb;
        return this.#running;
      },
      making: () => {
        this.#making = true;
        this.#place = undefined;
      },
      made: (step) => {
        this.#making = false;
        if (this.#place) this.#madeAt.set(step, this.#place);
      },
      refused: (error, guestError) => {
        this.#making = false;
        this.#remember(error, guestError);
      },
      pass: () => void this.#ask('pass'),
      charged: () => !this.#asking,
      thrown: (what) => {
        this.#thrown = what;
      },
    };
  }

  /** Lets the learner's code run and act. */
  #run<T>(work: () => T): T {
    if (this.#disposed) throw new Error('This run of the strategy is over.');
    this.#running = true;
    try {
      return work();
    } finally {
      this.#running = false;
    }
  }

  /** Evaluates the file; says what its default export is. */
  #evaluate(): string {
    const { context } = this.#interpreter;
    const result = this.#load();
    if (result.error) return this.#failToLoad(result.error);
    return result.value.consume((module) => {
      if (context.getPromiseState(module).type === 'pending') {
        const message = 'The file awaits something outside of its functions, but nothing that it could await ever comes.';
        throw new GuestStopped('threw-on-load', message, locationOf(/\bawait\b/, this.program.code));
      }
      return this.#text(this.#call('load', module));
    });
  }

  #load() {
    try {
      return this.#interpreter.load(this.program.code);
    } catch (error) {
      throw error instanceof GuestStopped ? error : new GuestStopped('syntax', TOO_DEEP);
    }
  }

  /** Calls a function of the driver. The learner's exceptions come out as `#rethrow` says. */
  #call(name: string, ...args: QuickJSHandle[]): QuickJSHandle {
    const result = this.#interpreter.call(this.#driver, name, ...args);
    return result.error ? this.#rethrow(result.error) : result.value;
  }

  /** Throws what the guest threw, as the engine would see it if it had been thrown natively. */
  #rethrow(guestError: QuickJSHandle): never {
    const refusal = this.#refusalBehind(guestError);
    const thrown = this.#describe(guestError);
    this.#place = this.#whereThrown(thrown);
    if (this.budget.exhausted) throw new GuestStopped('endless', this.budget.message, this.#place);
    if (refusal) throw refusal.error;
    if (isOutOfMemory(thrown, this.#interpreter.memoryFull)) throw outOfMemory(this.#place);
    throw asNative(thrown);
  }

  #failToLoad(guestError: QuickJSHandle): never {
    const thrown = this.#describe(guestError);
    const where = this.#whereThrown(thrown);
    if (this.budget.exhausted) {
      throw new GuestStopped('endless-on-load', `Loading the file did not come to an end. ${this.budget.message}`, where);
    }
    const { notFound, memoryFull } = this.#interpreter;
    throw whyNotLoaded(thrown, where, { source: this.program.source, notFound, memoryFull });
  }

  /** Asks the guest, because looking at an exception may run the learner's code; which may not act any more. */
  #describe(guestError: QuickJSHandle): Thrown | undefined {
    this.#running = false;
    this.#thrown = undefined;
    this.budget.grace();
    this.#ask('describe', guestError);
    guestError.dispose();
    return this.#thrown;
  }

  #whereThrown(thrown: Thrown | undefined): SourceLocation | undefined {
    const place = thrown && locationIn(thrown.stack, this.#lines);
    return place && this.budget.exhausted ? loopAt(place, thrown.stack, this.#lines) : place;
  }

  /** Keeps an error of the engine's for as long as the guest has the one that stands for it, which may come back out. */
  #remember(error: unknown, guestError: QuickJSHandle): void {
    try {
      const refusal = this.#interpreter.context.newHostRef<Refusal>({ error });
      const result = this.#interpreter.call(this.#driver, 'refused', guestError, refusal.handle);
      refusal.dispose();
      (result.error ?? result.value).dispose();
    } catch {
      // The guest has no room left for it: if it comes back out, it is an exception like any other.
    }
  }

  #refusalBehind(guestError: QuickJSHandle): Refusal | undefined {
    const result = this.#interpreter.call(this.#driver, 'refusalOf', guestError);
    const handle = result.error ?? result.value;
    return handle.consume(({ value }) => this.#interpreter.boundary.resolve(value) as Refusal | undefined);
  }

  #placeFrom(driverFunction: 'here' | 'whereSuspended', word: string): SourceLocation | undefined {
    this.#asking = driverFunction === 'here';
    const place = locationIn(this.#ask(driverFunction) ?? '', this.#lines);
    this.#asking = false;
    return place && beginningOf(word, place, this.#lines);
  }

  /** Calls a function of the driver that only looks; undefined if even that fails, as it may at the end of a budget. */
  #ask(name: string, ...args: QuickJSHandle[]): string | undefined {
    try {
      const result = this.#interpreter.call(this.#driver, name, ...args);
      if (!result.error) return this.#text(result.value);
      result.error.dispose();
    } catch {
      // The interpreter has noted that it is broken.
    }
    return undefined;
  }

  #text(handle: QuickJSHandle): string {
    return handle.consume((text) => this.#interpreter.context.getString(text));
  }
}
