import type { Boundary, Value } from './boundary';

/** Page sets that a strategy may hold at a time, whatever the guest's size. */
const MAX_SETS = 10_000;
/** And the host's memory that they may take if none of them shares anything, bytes. */
const MAX_BYTES = 256 * 1024 * 1024;
/** No strategy needs more than a few steps that wait to be yielded. */
const MAX_STEPS = 10_000;

/**
 * The engine's own objects that the guest refers to. QuickJS counts references, so an object is let go of as soon as
 * the guest drops it, at the same point in every run.
 */
export class References {
  readonly #sets = new Set<number>();
  readonly #maxSets: number;
  #unyielded = 0;

  constructor(
    private readonly boundary: Boundary,
    guestPages: number,
  ) {
    this.#maxSets = Math.max(64, Math.min(MAX_SETS, Math.floor(MAX_BYTES / (guestPages / 8))));
    // The library tells nobody when the guest frees a reference, but this is where it does.
    const { hostRefs } = boundary.runtime;
    const free = hostRefs.delete.bind(hostRefs);
    hostRefs.delete = (id) => {
      this.#sets.delete(id);
      free(id);
    };
  }

  /** Hands a page set to the guest. Throws if it holds too many. */
  giveSet(set: object): Value {
    if (this.#sets.size >= this.#maxSets) {
      throw new RangeError(
        `The strategy holds ${this.#sets.size} page sets at once, which is as many as it may; ` +
          'keep only those that it still needs.',
      );
    }
    const { value, id } = this.boundary.reference(set);
    this.#sets.add(id);
    return value;
  }

  /** Hands a step to the guest. Throws if too many were made and not yielded. */
  giveStep(step: object): Value {
    if (this.#unyielded >= MAX_STEPS) {
      throw new RangeError(
        `The strategy made ${MAX_STEPS} steps that it did not yield; a step happens only when it is yielded.`,
      );
    }
    this.#unyielded++;
    return this.boundary.reference(step).value;
  }

  /** The strategy has yielded a step. */
  yielded(): void {
    this.#unyielded--;
  }
}
