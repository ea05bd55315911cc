import { PAGE_SIZE } from '../scenario';

/** How long after one evaluation the next may come: "more than 1 second" (migration_bitmap_sync). */
const PERIOD_SECONDS = 1;
/** QEMU's default for `throttle-trigger-threshold`, 50 % (migration/options.c). */
const THRESHOLD = 0.5;
/** So many evaluations must find too much dirtied (dirty_rate_high_cnt). */
const TIMES = 2;

/**
 * When QEMU decides that a guest must be slowed down (migration/ram.c: migration_bitmap_sync and
 * migration_trigger_throttle): more than a second after it last looked, the guest has dirtied more than half as many
 * bytes as were transferred meanwhile; and that for the second time. A good period in between does not clear the
 * counter: the two need not follow each other.
 */
export class ThrottleTrigger {
  #evaluatedAt = 0;
  #bytesThen = 0;
  #dirtiedPages = 0;
  #times = 0;

  /**
   * The dirty bitmap was read at `now` seconds, after `bytesSent` bytes, and held so many pages that were not waiting
   * to be sent anyway. Must the guest be slowed down, or slowed down more?
   */
  synced(now: number, bytesSent: number, dirtiedPages: number): boolean {
    this.#dirtiedPages += dirtiedPages;
    if (now <= this.#evaluatedAt + PERIOD_SECONDS) return false;
    const tooMuch = this.#dirtiedPages * PAGE_SIZE > THRESHOLD * (bytesSent - this.#bytesThen);
    this.#evaluatedAt = now;
    this.#bytesThen = bytesSent;
    this.#dirtiedPages = 0;
    if (!tooMuch || ++this.#times < TIMES) return false;
    this.#times = 0;
    return true;
  }
}
