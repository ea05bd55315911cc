import type { Transmission } from '../network/transmission';
import type { Round } from '../report';

/** What has been sent from the source before the hand-over, and in which rounds. */
export class Sent {
  fullPages = 0;
  zeroPages = 0;
  /** Pages that were left out since they were dirty again. */
  skippedPages = 0;
  /** What went while the guest was paused. */
  finalPages = 0;
  finalPageBytes = 0;
  finalSeconds = 0;
  pageBytes = 0;
  /** CPU seconds of the migration thread. */
  cpuSeconds = 0;
  readonly rounds: Round[] = [];
  #roundStart = 0;
  #roundPages = 0;

  /** What has been sent counts, whether the step came to its end or something broke. */
  add(transmission: Transmission, paused: boolean): void {
    this.fullPages += transmission.fullPages;
    this.zeroPages += transmission.zeroPages;
    this.skippedPages += transmission.skippedPages;
    this.pageBytes += transmission.bytes;
    this.cpuSeconds += transmission.cpuSeconds;
    if (paused) {
      this.finalPages += transmission.started;
      this.finalPageBytes += transmission.bytes;
      this.finalSeconds += transmission.end - transmission.start;
    } else this.#roundPages += transmission.started;
  }

  /** A live round ends at `now`, if anything was sent in it; `dirtied` pages are dirty now. */
  endRound(now: number, dirtied: number): void {
    if (this.#roundPages > 0) this.rounds.push({ pages: this.#roundPages, seconds: now - this.#roundStart, dirtied });
    this.#roundPages = 0;
    this.#roundStart = now;
  }
}
