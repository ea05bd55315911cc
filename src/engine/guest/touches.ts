import type { Page } from '../api';
import type { GuestSpec } from '../scenario';
import { patternOf, type Pattern } from './pattern';
import { Random } from './random';

const BATCH = 1024;

/** The guest has touched memory more often than a run may follow. */
export class TooManyTouches extends Error {}

/**
 * One kind of touch (the guest's writes, or its reads) as an endless stream: touch number k, counted from 1, falls due
 * after k / rate seconds of guest work, and goes to the next page of the workload's pattern.
 */
export class Touches {
  /** Touches per second of undisturbed work; 0 if there are none. */
  readonly rate: number;
  /** Touches made so far. */
  count = 0;
  readonly #pattern: Pattern | undefined;
  readonly #batch = new Int32Array(BATCH);
  #next = BATCH;

  constructor(
    spec: GuestSpec,
    rate: number,
    seed: number,
    stream: number,
    /** How many touches may be made one by one. */
    private readonly most: number,
  ) {
    this.#pattern = rate > 0 ? patternOf(spec.workload, spec.workingSetPages, new Random(seed, stream)) : undefined;
    this.rate = this.#pattern ? rate : 0;
  }

  /** The page of the next touch, which is thereby made. */
  next(): Page {
    if (this.#next === BATCH) {
      if (this.count >= this.most) throw new TooManyTouches();
      this.#pattern!.fill(this.#batch);
      this.#next = 0;
    }
    this.count++;
    return this.#batch[this.#next++]!;
  }

  /** Makes all touches that fall due up to `work` seconds of guest work, unseen. */
  skipTo(work: number): void {
    const due = Math.floor(work * this.rate);
    if (due <= this.count) return;
    this.#pattern?.skip(due - this.count);
    this.count = due;
  }
}
