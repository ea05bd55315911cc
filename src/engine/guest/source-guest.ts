import type { Memory } from './memory';
import type { Touches } from './touches';

/**
 * The guest at work at the source. Its vCPUs run in lockstep there: nothing stalls one without the others, so one
 * clock of guest work serves them all.
 */
export class SourceGuest {
  /** Fraction of its undisturbed speed; 0 while it is paused. */
  speed = 1;
  /** When its next write falls due; Infinity if it never does. */
  nextWriteAt = Infinity;
  #anchorTime = 0;
  #anchorWork = 0;

  constructor(
    readonly memory: Memory,
    readonly writes: Touches,
  ) {
    this.#schedule();
  }

  /** Seconds of guest work done by `time`. */
  workAt(time: number): number {
    return this.#anchorWork + (time - this.#anchorTime) * this.speed;
  }

  /** From `time` on the guest runs at `speed`. */
  setSpeed(speed: number, time: number): void {
    this.#anchorWork = this.workAt(time);
    this.#anchorTime = time;
    this.speed = speed;
    this.#schedule();
  }

  /** Makes the write that is due. The hottest lines of the engine. */
  write(): number {
    const { memory } = this;
    const page = this.writes.next();
    const w = page >>> 5;
    const bit = 1 << (page & 31);
    let news = 0;
    if ((memory.dirty[w]! & bit) === 0) {
      memory.dirty[w]! |= bit;
      memory.dirtyCount++;
      news |= BECAME_DIRTY;
    }
    if ((memory.stale[w]! & bit) === 0) {
      memory.stale[w]! |= bit;
      news |= BECAME_STALE;
    }
    if (memory.zero !== undefined) memory.zero[w]! &= ~bit;
    this.lastPage = page;
    this.#schedule();
    return news;
  }

  /** The page of the last write. */
  lastPage = -1;

  #schedule(): void {
    const { rate, count } = this.writes;
    if (rate === 0 || this.speed === 0) {
      this.nextWriteAt = Infinity;
      return;
    }
    // Computed from the anchor each time, never accumulated: no drift, and exact where the rates are powers of two.
    const work = (count + 1) / rate - this.#anchorWork;
    this.nextWriteAt = this.#anchorTime + (this.speed === 1 ? work : work / this.speed);
  }
}

/** What a write changed, as bits 0 and 1. */
export const BECAME_DIRTY = 1;
export const BECAME_STALE = 2;
