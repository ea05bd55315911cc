/**
 * How long bytes may wait in front of a line before no more are taken, and how soon they are taken again: seconds. Long
 * enough that a timer of ours that is a few milliseconds late leaves no gap; a network card and its queueing discipline
 * hold more (30 ms at 1 Gbit/s were measured). Our assumption.
 */
const FULL_SECONDS = 0.006;
export const ROOM_SECONDS = 0.003;
/** A line that was kept idle by our own lateness makes up for so much of it: a burst of at most so many seconds. */
const BURST_SECONDS = 0.002;

/** One direction of a link: when do bytes that arrive now come out at its other end? Pure: it is told the time. */
export class Line {
  #freeAt = -Infinity;
  #bytes = 0;

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
    this.#freeAt = Math.max(this.#freeAt, now - BURST_SECONDS) + bytes / this.bytesPerSecond;
    return this.#freeAt + this.latencySeconds;
  }

  /** Seconds of bytes that wait in front of it. */
  backlog(now: number): number {
    return Math.max(0, this.#freeAt - now);
  }

  isFull(now: number): boolean {
    return this.backlog(now) >= FULL_SECONDS;
  }
}
