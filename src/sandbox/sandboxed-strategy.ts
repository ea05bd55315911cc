import type { Migration, SourceLocation, Step, Strategy } from '../engine';
import { Guest, type Placed, type Program } from './guest';
import { GuestStopped } from './guest-stopped';
import type { QuickJs } from './quickjs';

/**
 * A learner's program as a native strategy, for one `simulate()`. The engine may start it more than once, for it runs a
 * strategy again to explain what went wrong, but one after the other: each start ends the one before.
 */
export class SandboxedStrategy {
  #guest: Guest | undefined;
  #stopped: GuestStopped | undefined;

  constructor(
    private readonly quickjs: QuickJs,
    private readonly program: Program,
    private readonly seed: number,
    private readonly placed: Placed,
  ) {}

  /** Takes any migration, also one that something native has put around the engine's. */
  readonly strategy: Strategy = (m) => this.#perform(m);

  /** Why it had to end, if it had to. The engine has seen an exception, unless somebody between has caught it. */
  get stopped(): GuestStopped | undefined {
    return this.#stopped;
  }

  /** QuickJS itself failed: its instance must not be used any more. */
  get broken(): boolean {
    return this.#guest?.broken === true || this.#stopped?.kind === 'infra';
  }

  /** Where in the learner's text the strategy is; see `Guest.locate`. */
  readonly locate = (): SourceLocation | undefined => this.#guest?.locate();

  /** Which `yield` the strategy hangs at. Ends it. */
  whereSuspended(): SourceLocation | undefined {
    return this.#guest?.whereSuspended();
  }

  dispose(): void {
    this.#guest?.dispose();
  }

  *#perform(m: Migration): Generator<Step, void, void> {
    this.dispose();
    const guest = (this.#guest = this.#noting(() => this.#create(m)));
    this.#noting(() => guest.load());
    let suspended = false;
    try {
      for (;;) {
        const { done, value } = this.#noting(() => guest.next());
        if (done) return;
        suspended = true;
        yield value;
        suspended = false;
      }
    } finally {
      // Whoever drives it wants no more of it: like any generator, it may still do what its `finally` blocks say.
      if (suspended) this.#noting(() => guest.close());
    }
  }

  #create(m: Migration): Guest {
    try {
      return new Guest(this.quickjs, this.program, m, this.seed, this.placed);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new GuestStopped('infra', `The interpreter could not be prepared: ${reason}`);
    }
  }

  #noting<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof GuestStopped) this.#stopped = error;
      throw error;
    }
  }
}
