/** The source's end of the link: how fast it lets bytes go, and how many of them its socket holds. */
export class Uplink {
  /** Bytes per second at which the source holds itself back. */
  limit = Infinity;
  /** When the last byte leaves of those that the socket has taken. */
  drainedAt = 0;

  constructor(
    private readonly bytesPerSecond: number,
    /** Bytes that the socket takes before they leave. */
    private readonly queueBytes: number,
  ) {}

  /** How far the socket runs ahead of the link: it takes bytes as long as it has room for them. */
  get queueSeconds(): number {
    // A source that holds itself back leaves the queue empty.
    return this.limit < this.bytesPerSecond ? 0 : this.queueBytes / this.bytesPerSecond;
  }

  /** When the socket took the first byte of what is ready at `now`: if it has room, it had that before. */
  startOf(now: number): number {
    return Math.max(now, this.drainedAt) - this.queueSeconds;
  }

  /** The socket has taken the last byte at `end`. */
  tookUntil(end: number): void {
    this.drainedAt = end + this.queueSeconds;
  }

  /** Sends something that takes `seconds` on the link. Returns when the socket has all of it. */
  send(now: number, seconds: number): number {
    this.drainedAt = Math.max(now, this.drainedAt) + seconds;
    return Math.max(now, this.drainedAt - this.queueSeconds);
  }
}
