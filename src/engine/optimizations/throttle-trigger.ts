import { PAGE_SIZE } from '../scenario';
import type { Parameter } from './parameter';

/** How long after one evaluation the next may come: "more than 1 second" (migration_bitmap_sync). */
const PERIOD_SECONDS = 1;
/** The parameter of whoever is triggered so. */
export const THRESHOLD = {
  meaning: 'The guest is held back when it dirties more than this fraction of what is sent meanwhile.',
  unit: 'fraction',
  default: 0.5,
  source: 'QEMU’s `throttle-trigger-threshold`',
  least: 0.01,
  most: 1,
  steps: 0.01,
  examples: [0.25, 0.5, 0.9],
} as const satisfies Parameter;
/** So many evaluations must find too much dirtied (dirty_rate_high_cnt). */
const TIMES = 2;

/**
 * When QEMU decides that a guest must be slowed down (migration/ram.c: migration_bitmap_sync and
 * migration_trigger_throttle): more than a second after it last looked, the guest has dirtied more than, by default,
 * half as many bytes as were transferred meanwhile; and that for the second time. A good period in between does not clear the
 * counter: the two need not follow each other.
 */
export class ThrottleTrigger {
  #evaluatedAt = 0;
  #bytesThen = 0;
  #dirtiedPages = 0;
  #times = 0;
  #allowedOverDirtied = 0;

  /** `threshold` is a fraction: how much of what is sent the guest may dirty. */
  constructor(private readonly threshold: number = THRESHOLD.default) {}

  /** Of what was dirtied in the period that was evaluated last: what fraction of it may be. */
  get allowedOverDirtied(): number {
    return this.#allowedOverDirtied;
  }

  /**
   * The dirty bitmap was read at `now` seconds, after `bytesSent` bytes, and held so many pages that were not waiting
   * to be sent anyway. Must the guest be slowed down, or slowed down more?
   */
  synced(now: number, bytesSent: number, dirtiedPages: number): boolean {
    this.#dirtiedPages += dirtiedPages;
    if (now <= this.#evaluatedAt + PERIOD_SECONDS) return false;
    const dirtiedBytes = this.#dirtiedPages * PAGE_SIZE;
    const allowedBytes = this.threshold * (bytesSent - this.#bytesThen);
    const tooMuch = dirtiedBytes > allowedBytes;
    this.#allowedOverDirtied = allowedBytes / dirtiedBytes;
    this.#evaluatedAt = now;
    this.#bytesThen = bytesSent;
    this.#dirtiedPages = 0;
    if (!tooMuch || ++this.#times < TIMES) return false;
    this.#times = 0;
    return true;
  }
}
