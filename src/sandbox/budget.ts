/** QuickJS asks its interrupt handler each time this many calls and loop iterations have been started. */
const POLLS_PER_TICK = 10_000;
/** A fraction of a second on a laptop; ten million turns of an empty loop. */
const BASE = 20_000_000;
/** A larger guest has more pages to think about: enough turns of a loop for a push of each on its own. */
const PER_PAGE = 300;
/** But an endless loop has to end in less than the time after which a worker counts as stuck. */
const MOST = 400_000_000;
/** What may still be used to find out where a strategy was when its budget ended. */
const GRACE = 20 * POLLS_PER_TICK;

/**
 * What a strategy may compute in one run, counted in calls and loop iterations, so that the same code ends at the same
 * place on every machine. Native work that the interpreter does not count is charged by whoever offers it.
 */
export class Budget {
  #left: number;
  #exhausted = false;
  #ignored = false;
  /** What to say when it is used up. */
  readonly message: string;

  constructor(guestPages: number) {
    this.#left = Math.min(BASE + PER_PAGE * guestPages, MOST);
    this.message = `It was stopped after ${Math.round(this.#left / 1e6)} million calls and turns of loops.`;
  }

  /** Once true it stays true, even if the guest's code swallows the exception. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** How much is left: for tests of determinism. */
  get left(): number {
    return this.#left;
  }

  /** The interrupt handler: true stops the guest in a way that it cannot catch. */
  readonly tick = (): boolean => {
    this.charge(POLLS_PER_TICK);
    this.#ignored = this.#left < 0;
    return this.#ignored;
  };

  /**
   * Whether the guest was to be stopped and may go on all the same, as it does if QuickJS was just looking up how long a
   * stack trace may be, or called something for us. True once for each such time.
   */
  takeIgnored(): boolean {
    const ignored = this.#ignored;
    this.#ignored = false;
    return ignored;
  }

  charge(polls: number): void {
    this.#left -= polls;
    if (this.#left < 0) this.#exhausted = true;
  }

  /** Lets code of ours run in the guest after the end. */
  grace(): void {
    if (this.#exhausted) this.#left = GRACE;
  }
}
