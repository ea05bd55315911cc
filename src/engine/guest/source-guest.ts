import type { Page } from '../api';
import type { TrackingSpec } from '../tracking/tracking';
import type { Content } from './content';
import type { Memory } from './memory';
import type { Touches } from './touches';
import { DIRTY, STALE } from './write-marks';

/** Marks of this many words lie in a core's own cache (2 MiB in an ordinary server's). */
const CACHED_WORDS = 2 ** 19;

/** What the guest is charged with while it runs at the source. */
export interface SourceCosts {
  readonly tracking: TrackingSpec;
  /** Tells that the guest lost so many seconds of its work just now, and to what. */
  lost(seconds: number, by: StallCause): void;
}

/** Why vCPUs stand still at the source. */
export type StallCause = 'tracking' | 'balloon';

/**
 * The guest at work at the source. There is one clock of guest work for the vCPUs that write and one for those that
 * only read: when one of n writing vCPUs stalls, each of them loses an n-th of that time. (At the destination, where a
 * stall may be a thousand times as long, every vCPU has a clock of its own.)
 */
export class SourceGuest {
  /** Speed of the vCPUs that write, as a fraction of undisturbed; 0 while the guest is paused. */
  speed = 1;
  /** Speed of the others. */
  readersSpeed = 1;
  /** When its next write falls due; Infinity if it never does. */
  nextWriteAt = Infinity;
  /** Distinct pages that became dirty, and pages that became stale, since the counters were last reset. */
  dirtied = 0;
  staled = 0;
  /** vCPU-seconds lost to tracking, first writes to tracked pages, and exits of vCPUs because a log was full. */
  stallSeconds = 0;
  firstWrites = 0;
  exits = 0;
  #anchorTime = 0;
  #anchorWork = 0;
  #readersAnchorTime = 0;
  #readersAnchorWork = 0;
  readonly #stalls: boolean;
  /** The last stall of all vCPUs. */
  #stall = { by: 'tracking' as StallCause, seconds: 0, until: 0 };
  /** Means nothing: it keeps the compiler from leaving out what was read into it. */
  #ahead = 0;

  constructor(
    readonly memory: Memory,
    readonly writes: Touches,
    /** How many vCPUs write, and how many there are. */
    private readonly writers: number,
    private readonly vcpus: number,
    private readonly costs: SourceCosts,
    /** What pages hold, if it matters in this run. */
    private readonly content?: Content,
    /** Who wants to know of every write. */
    private readonly told?: (page: Page, at: number) => void,
  ) {
    const { firstWriteSeconds, exitPages, clearChunkPages } = costs.tracking;
    this.#stalls = firstWriteSeconds > 0 || exitPages > 0 || clearChunkPages > 0;
    this.#schedule();
  }

  /** Seconds of work that each writing vCPU has done by `time`. */
  workAt(time: number): number {
    return this.#anchorWork + (time - this.#anchorTime) * this.speed;
  }

  /** Seconds of work that each of the others has done by `time`. */
  readersWorkAt(time: number): number {
    return this.#readersAnchorWork + (time - this.#readersAnchorTime) * this.readersSpeed;
  }

  /** The guest's speed, all vCPUs together, as a fraction of undisturbed. */
  get fraction(): number {
    return (this.writers * this.speed + (this.vcpus - this.writers) * this.readersSpeed) / this.vcpus;
  }

  /** From `time` on the writing vCPUs run at `speed`, and the others at theirs. */
  setSpeed(speed: number, readersSpeed: number, time: number): void {
    if (speed === 0 && readersSpeed === 0) this.endStall(time);
    this.#anchorWork = this.workAt(time);
    this.#anchorTime = time;
    this.speed = speed;
    this.#readersAnchorWork = this.readersWorkAt(time);
    this.#readersAnchorTime = time;
    this.readersSpeed = readersSpeed;
    this.#schedule();
  }

  /** All vCPUs stand still for so long, from `now` on: their TLBs are flushed, or the guest swaps for a balloon. */
  stallAll(seconds: number, by: StallCause, now: number): void {
    if (seconds <= 0 || this.fraction === 0) return;
    this.#standStill(seconds, by);
    this.#stall = { by, seconds, until: now + seconds };
  }

  /** What is left of a stall of all vCPUs at `time` is no loss of theirs: the guest is paused, or the run is over. */
  endStall(time: number): void {
    const { by, seconds, until } = this.#stall;
    const left = Math.min(seconds, until - time);
    if (left <= 0) return;
    if (this.fraction > 0) this.#standStill(-left, by);
    this.#stall = { by, seconds: 0, until: time };
  }

  #standStill(seconds: number, by: StallCause): void {
    if (by === 'tracking') this.stallSeconds += seconds * this.vcpus;
    this.costs.lost(seconds * this.fraction, by);
    this.#anchorTime += seconds;
    this.#readersAnchorTime += seconds;
    this.#schedule();
  }

  /** One of the writing vCPUs stands still for so long. */
  #stallWriter(seconds: number): void {
    if (seconds === 0) return;
    this.stallSeconds += seconds;
    this.costs.lost((seconds * this.speed) / this.vcpus, 'tracking');
    this.#anchorTime += seconds / this.writers;
    this.#schedule();
  }

  /**
   * Makes the writes that fall due up to `time`, included; but stops before one into the pages of the words `low` to
   * `high`, unless it is the first: whoever sends these words must first come up to its time. Was the first one into
   * these words? Then it was the only one. The hottest lines of the engine.
   */
  writeUntil(time: number, low: number, high: number): boolean {
    return this.#stalls || this.told
      ? this.#writeOneByOne(time, low, high)
      : this.#writeBatch(time, low, high);
  }

  /** A passed-through device fills the page. Tracking sees it only if the device reports it. */
  writtenByDevice(page: Page, tracked: boolean): void {
    const marked = this.memory.writtenByDevice(page, tracked);
    if (marked & DIRTY) this.dirtied++;
    if (marked & STALE) this.staled++;
    this.content?.filled(page);
  }

  /** When the last write falls due of those whose pages are known already. */
  get batchEndsAt(): number {
    return this.speed === 0 ? Infinity : this.#timeOf(this.writes.filled - this.writes.next - 1);
  }

  #writeBatch(time: number, low: number, high: number): boolean {
    const { writes, memory, content } = this;
    const { words } = memory.marks;
    const { batch } = writes;
    const lowest = 2 * low;
    const span = 2 * (high - low) + 1;
    while (this.nextWriteAt <= time) {
      const first = writes.next;
      const collides = ((batch[first]! >>> 4) - lowest) >>> 0 <= span;
      const end = first + (collides ? 1 : this.#dueBy(time, writes.filled - first));
      let i = first;
      if (words.length > CACHED_WORDS) this.#ahead ^= readAhead(words, batch, first, end);
      // Pages that became dirty, times DIRTY, and those that became stale, times STALE: a batch has far fewer than STALE.
      let fresh = 0;
      for (; i < end; i++) {
        const page = batch[i]!;
        const w = page >>> 4;
        if ((w - lowest) >>> 0 <= span && !collides) break;
        const bit = page & 15;
        const marks = (DIRTY | STALE) << bit;
        const before = words[w]!;
        fresh += (~before & marks) >>> bit;
        words[w] = before | marks;
      }
      for (const bitmap of memory.untilWritten) {
        for (let j = first; j < i; j++) bitmap[batch[j]! >>> 5]! &= ~(1 << batch[j]!);
      }
      if (content) for (let j = first; j < i; j++) content.written(batch[j]!, writes, j);
      this.#made(i, fresh % STALE, Math.floor(fresh / STALE));
      if (collides || i < end) return collides;
    }
    return false;
  }

  /** The same with everything that has to know when each write happens: stalls, a history. */
  #writeOneByOne(time: number, low: number, high: number): boolean {
    const { writes, memory, content, told } = this;
    const { batch } = writes;
    let collides = false;
    for (let first = true; this.nextWriteAt <= time && !collides; first = false) {
      const at = this.nextWriteAt;
      const page = batch[writes.next]!;
      const w = page >>> 5;
      const bit = 1 << page;
      collides = w >= low && w <= high;
      if (collides && !first) return false;
      if (content) content.written(page, writes, writes.next);
      const dirties = (memory.marks.dirty(w) & bit) === 0 && !memory.isUnprotected(page);
      const stales = (memory.marks.stale(w) & bit) === 0;
      if (dirties) memory.marks.setDirty(w, bit);
      if (stales) memory.marks.setStale(w, bit);
      for (const bitmap of memory.untilWritten) bitmap[w]! &= ~bit;
      told?.(page, at);
      this.#made(writes.next + 1, +dirties, +stales);
      if (dirties) this.#stallFor();
    }
    return collides;
  }

  /** A page became dirty: the vCPU that wrote it pays. */
  #stallFor(): void {
    const { firstWriteSeconds, exitPages, exitSeconds } = this.costs.tracking;
    let seconds = firstWriteSeconds;
    if (firstWriteSeconds > 0) this.firstWrites++;
    if (exitPages > 0 && this.memory.dirtyCount % exitPages === 0) {
      seconds += exitSeconds;
      this.exits++;
    }
    this.#stallWriter(seconds);
  }

  /** The writes before `batch[next]` have been made. */
  #made(next: number, dirtied: number, staled: number): void {
    this.writes.next = next;
    if (next === this.writes.filled) this.writes.refill();
    this.memory.dirtyCount += dirtied;
    this.dirtied += dirtied;
    this.staled += staled;
    this.#schedule();
  }

  /** How many of the next `most` writes, of which the first is due, fall due up to `time`. */
  #dueBy(time: number, most: number): number {
    const { rate, origin, base, next } = this.writes;
    let count = Math.floor((this.workAt(time) - origin) * rate) - base - next;
    // The estimate is off by one at times, for it is rounded; the times themselves decide.
    if (count < 1) count = 1;
    if (count > most) count = most;
    while (count > 1 && this.#timeOf(count - 1) > time) count--;
    while (count < most && this.#timeOf(count) <= time) count++;
    return count;
  }

  /** When the write `ahead` of the next one falls due, if the speed stays as it is. */
  #timeOf(ahead: number): number {
    // Computed from the anchor each time, never accumulated: no drift, and exact where the rates are powers of two.
    const work = this.writes.dueAt(ahead) - this.#anchorWork;
    return this.#anchorTime + (this.speed === 1 ? work : work / this.speed);
  }

  #schedule(): void {
    this.nextWriteAt = this.speed === 0 ? Infinity : this.#timeOf(0);
  }
}

/**
 * Reads the words of marks that a batch of pages will change. Reads of a loop that does nothing else wait for memory
 * together; a loop with more to do in between waits for one after the other.
 */
function readAhead(words: Uint32Array, batch: Int32Array, first: number, end: number): number {
  let all = 0;
  for (let i = first; i < end; i++) all ^= words[batch[i]! >>> 4]!;
  return all;
}
