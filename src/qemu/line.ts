/**
 * How long bytes may wait in front of a line before no more are taken, and how soon they are taken again: seconds. Long
 * enough that a timer of ours that is a few milliseconds late leaves no gap; a network card and its queueing discipline
 * hold more (30 ms at 1 Gbit/s were measured). Our assumption.
 */
export const FULL_SECONDS = 0.006;
export const ROOM_SECONDS = 0.003;
/** What comes so soon after what came before follows it without a gap: seconds. */
const BURST_SECONDS = 0.002;
/** When we were late, what comes within so much time after it was waiting for us: seconds. Our assumption. */
const GRACE_SECONDS = 0.01;
/** Nobody believes that we were asleep for longer than so much while there was something to be sent: seconds. */
const LATEST_SECONDS = 0.1;

/** One direction of a link: when do bytes that arrive now come out at its other end? Pure: it is told the time. */
export class Line {
  #freeAt = -Infinity;
  #bytes = 0;
  #late = { seconds: 0, until: -Infinity };

  constructor(
    readonly bytesPerSecond: number,
    readonly latencySeconds: number,
  ) {}

  /** All bytes that were sent over it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When the last of these bytes is out at the other end, if they are given to the line at `now`. */
  send(bytes: number, now: number): number {
    this.#bytes += bytes;
    const late = now < this.#late.until ? this.#late.seconds : 0;
    this.#freeAt = Math.max(this.#freeAt, now - BURST_SECONDS - late) + bytes / this.bytesPerSecond;
    return this.#freeAt + this.latencySeconds;
  }

  /** We come to our work so much too late: a real line would not have stood still meanwhile. */
  late(seconds: number, now: number): void {
    if (now < this.#late.until && seconds < this.#late.seconds) return;
    this.#late = { seconds: Math.min(seconds, LATEST_SECONDS), until: now + GRACE_SECONDS };
  }

  /** Seconds of bytes that wait in front of it. */
  backlog(now: number): number {
    return Math.max(0, this.#freeAt - now);
  }

  isFull(now: number): boolean {
    return this.backlog(now) >= FULL_SECONDS;
  }
}
