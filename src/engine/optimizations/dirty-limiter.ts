import { PAGE_SIZE } from '../scenario';

/** Nothing is adjusted as long as a vCPU is so close to its quota (DIRTYLIMIT_TOLERANCE_RANGE). */
const TOLERANCE_MIB_PER_SECOND = 25;
/** By how many per cent of the larger one must quota and rate differ to be adjusted in one go (DIRTYLIMIT_LINEAR_ADJUSTMENT_PCT). */
const LINEAR_PERCENT = 50;
/** A vCPU sleeps at most so many times as long as its ring takes to fill (DIRTYLIMIT_THROTTLE_PCT_MAX). */
const MOST_SLEEP = 99;
const MOST_FRACTION = 0.99;
const PAGES_PER_MIB = 2 ** 20 / PAGE_SIZE;

/** How long a vCPU must sleep each time its ring is full (QEMU, system/dirtylimit.c: dirtylimit_adjust_throttle). */
export class DirtyLimiter {
  /** Seconds, each time the ring is full. */
  #sleep = 0;
  #fraction = 0;
  #highestMibPerSecond = 0;

  constructor(
    /** Entries in the vCPU's ring. */
    private readonly ringPages: number,
    private readonly quotaMibPerSecond: number,
  ) {}

  /**
   * In the last period of so many seconds, a vCPU has dirtied so many pages. Returns which fraction of its time it
   * sleeps from now on, if it goes on writing as fast as it wants to.
   */
  adjust(pages: number, seconds: number): number {
    const current = Math.floor(Math.floor(pages / PAGES_PER_MIB) / seconds);
    if (Math.abs(this.quotaMibPerSecond - current) > TOLERANCE_MIB_PER_SECOND) this.#setSleep(current);
    const undisturbed = pages / seconds / (1 - this.#fraction);
    const toFillTheRing = this.ringPages / undisturbed;
    this.#fraction = undisturbed === 0 ? 0 : Math.min(MOST_FRACTION, this.#sleep / (this.#sleep + toFillTheRing));
    return this.#fraction;
  }

  #setSleep(current: number): void {
    const quota = this.quotaMibPerSecond;
    if (current === 0) {
      this.#sleep = 0;
      return;
    }
    this.#highestMibPerSecond = Math.max(this.#highestMibPerSecond, current);
    const toFillTheRing = this.ringPages / PAGES_PER_MIB / this.#highestMibPerSecond;
    const larger = Math.max(quota, current);
    const percent = Math.floor((Math.abs(current - quota) * 100) / larger);
    const step = percent > LINEAR_PERCENT ? (toFillTheRing * percent) / (100 - percent) : toFillTheRing / 10;
    this.#sleep += quota < current ? step : -step;
    this.#sleep = Math.max(0, Math.min(this.#sleep, toFillTheRing * MOST_SLEEP));
  }
}
