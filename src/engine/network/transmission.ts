import type { Memory } from '../guest/memory';
import { lowestBits, popcount } from '../pages/bits';
import { CHUNK_WORDS, EMPTY_CHUNK, type Pages } from '../pages/pages';
import type { Wire } from './wire';

/**
 * A set of pages going over the link, lowest first, back to back, while the guest may be writing.
 *
 * Between two writes a whole run of pages starts, so the work is done by the word: what a run costs does not depend on
 * how many pages are in it. Times are never accumulated: a page starts when the bytes before it have been sent,
 * `start + bytes / bytesPerSecond`, with `bytes` an integer.
 */
export class Transmission {
  /** Bytes of the pages that have started. */
  bytes = 0;
  fullPages = 0;
  zeroPages = 0;
  /** Every page has started. */
  done = false;
  #chunk = -1;
  #word = CHUNK_WORDS;
  /** Pages of the current word that have not started. */
  #rest = 0;

  constructor(
    readonly start: number,
    private readonly pages: Pages,
    private readonly memory: Memory,
    private readonly wire: Wire,
    /** Told of each word of pages that start: word number, pages, how many, how many of them were stale, bytes before them. */
    private readonly started: (word: number, bits: number, count: number, fresh: number, bytesBefore: number) => void,
  ) {
    this.#nextWord();
  }

  /** When the last byte of the pages that have started leaves the source. */
  get end(): number {
    return this.start + this.bytes / this.wire.bytesPerSecond;
  }

  /** Starts every page whose turn comes before `time`. */
  startBefore(time: number): void {
    const budget = (time - this.start) * this.wire.bytesPerSecond;
    const { fullPageBytes, zeroPageBytes } = this.wire;
    const { zero } = this.memory;
    while (this.bytes < budget && !this.done) {
      const w = this.#chunk * CHUNK_WORDS + this.#word;
      const bytesBefore = this.bytes;
      let bits = this.#rest;
      let count: number;
      if (zero !== undefined && (zero[w]! & bits) !== 0) {
        bits &= -bits;
        count = 1;
        if ((zero[w]! & bits) !== 0) {
          this.bytes += zeroPageBytes;
          this.zeroPages++;
        } else {
          this.bytes += fullPageBytes;
          this.fullPages++;
        }
      } else {
        count = popcount(bits);
        const turns = Math.ceil((budget - this.bytes) / fullPageBytes);
        if (turns < count) {
          count = turns;
          bits = lowestBits(bits, turns);
        }
        this.bytes += count * fullPageBytes;
        this.fullPages += count;
      }
      this.started(w, bits, count, this.memory.capture(w, bits), bytesBefore);
      this.#rest &= ~bits;
      if (this.#rest === 0) this.#nextWord();
    }
  }

  #nextWord(): void {
    const { chunks } = this.pages;
    for (;;) {
      if (++this.#word >= CHUNK_WORDS) {
        this.#word = 0;
        do {
          if (++this.#chunk >= chunks.length) {
            this.done = true;
            return;
          }
        } while (chunks[this.#chunk] === EMPTY_CHUNK);
      }
      this.#rest = chunks[this.#chunk]![this.#word]!;
      if (this.#rest !== 0) return;
    }
  }
}
