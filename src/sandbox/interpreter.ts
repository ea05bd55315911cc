import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import { Boundary } from './boundary';
import type { Budget } from './budget';
import { GuestStopped, outOfMemory, stackOverflow } from './guest-stopped';
import { LEARNERS_FILE } from './location';
import { HEAP_BYTES, isMemoryFull, STACK_BYTES, type QuickJs } from './quickjs';

/** The types' module has nothing in it at run time; but somebody may forget `type` in `import type`. */
export const TYPES_MODULE = 'live-migration-lab';
const TYPES = [
  'Guest',
  'Link',
  'Migration',
  'Page',
  'PageSet',
  'SendOptions',
  'Step',
  'Strategy',
  'ThrottleOptions',
];

/** Everything of the language but `Date`. `Eval` is what loads the file. */
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

export type Result = { value: QuickJSHandle; error?: undefined } | { error: QuickJSHandle };

/** A fresh QuickJS runtime with one context, within limits, and with nothing of the host in it. */
export class Interpreter {
  readonly context: QuickJSContext;
  readonly boundary: Boundary;
  readonly #runtime: QuickJSRuntime;
  #broken = false;
  #notFound: string | undefined;

  constructor(
    private readonly quickjs: QuickJs,
    budget: Budget,
  ) {
    this.#runtime = quickjs.newRuntime();
    this.#runtime.setMemoryLimit(HEAP_BYTES);
    this.#runtime.setMaxStackSize(STACK_BYTES);
    this.#runtime.setInterruptHandler(budget.tick);
    const load = (name: string) => {
      if (name === TYPES_MODULE) return TYPES.map((type) => `export const ${type} = undefined;`).join('');
      this.#notFound = name;
      throw new Error('There is nothing to import.');
    };
    // Names stay as they are written, for there are no folders that they could be relative to.
    this.#runtime.setModuleLoader(load, (_importer, name) => name);
    this.context = this.#runtime.newContext({ intrinsics: INTRINSICS });
    this.boundary = new Boundary(quickjs, this.#runtime, this.context);
  }

  /** QuickJS itself failed: its instance must not be used any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** A module that was to be imported and is none. */
  get notFound(): string | undefined {
    return this.#notFound;
  }

  get memoryFull(): boolean {
    return isMemoryFull(this.quickjs);
  }

  /** Evaluates a text of ours, which is a function, and calls it with `argument`, which is freed. */
  start(text: string, argument: QuickJSHandle): QuickJSHandle {
    const { context } = this;
    const main = context.unwrapResult(context.evalCode(text, 'lab', { type: 'global' }));
    const result = context.unwrapResult(context.callFunction(main, context.undefined, argument));
    argument.dispose();
    main.dispose();
    return result;
  }

  /** Evaluates the learner's file. */
  load(code: string): Result {
    return this.attempt(() => this.context.evalCode(code, LEARNERS_FILE, { type: 'module', strict: true }));
  }

  call(object: QuickJSHandle, method: string, ...args: QuickJSHandle[]): Result {
    const { context } = this;
    return this.attempt(() =>
      context.getProp(object, method).consume((callee) => context.callFunction(callee, context.undefined, ...args)),
    );
  }

  /** Does what must not fail in QuickJS; if it does, nothing of the instance can be trusted any more. */
  attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#broken = true;
      // The thread's own stack ended before QuickJS's did.
      if (error instanceof RangeError) throw stackOverflow();
      if (this.memoryFull) throw outOfMemory();
      const reason = error instanceof Error ? error.message : String(error);
      throw new GuestStopped('infra', `The interpreter failed: ${reason}`);
    }
  }

  /** Frees everything; `handles` first. What is broken is left alone. */
  dispose(handles: readonly QuickJSHandle[]): void {
    if (this.#broken) return;
    try {
      for (const handle of handles) handle.dispose();
      this.context.dispose();
      this.#runtime.dispose();
    } catch {
      this.#broken = true;
    }
  }
}
