import type { Page } from '../api';
import type { Memory } from '../guest/memory';
import { popcount } from '../pages/bits';
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
  /** Pages that were stale until they started. */
  freshPages = 0;
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
    /** The page of which one wants to know when it started, and whom to tell. */
    private readonly watch?: { page: Page; sent(at: number): void },
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
    const { fullPageBytes } = this.wire;
    const { zero } = this.memory;
    while (this.bytes < budget && !this.done) {
      const bytesBefore = this.bytes;
      let bits = this.#rest;
      if (zero !== undefined && (zero[this.#chunk * CHUNK_WORDS + this.#word]! & bits) !== 0) {
        bits &= -bits;
        this.#startMixed(bits, zero);
      } else {
        const count = popcount(bits);
        if (this.bytes + (count - 1) * fullPageBytes < budget) {
          this.bytes += count * fullPageBytes;
          this.fullPages += count;
        } else bits = this.#startSome(bits, budget);
      }
      this.freshPages += this.memory.capture(this.#chunk, this.#word, bits);
      if (this.watch !== undefined) this.#tell(this.watch, bits, bytesBefore);
      this.#rest &= ~bits;
      if (this.#rest === 0) this.#nextWord();
    }
  }

  /** Starts the lowest of these pages, as far as the budget goes. Returns which. */
  #startSome(bits: number, budget: number): number {
    const { fullPageBytes } = this.wire;
    let rest = bits;
    do {
      rest &= rest - 1;
      this.bytes += fullPageBytes;
      this.fullPages++;
    } while (this.bytes < budget && rest !== 0);
    return bits & ~rest;
  }

  /** Starts one page of a word in which some hold only zeros. */
  #startMixed(bit: number, zero: Uint32Array): void {
    if ((zero[this.#chunk * CHUNK_WORDS + this.#word]! & bit) !== 0) {
      this.bytes += this.wire.zeroPageBytes;
      this.zeroPages++;
    } else {
      this.bytes += this.wire.fullPageBytes;
      this.fullPages++;
    }
  }

  #tell({ page, sent }: { page: Page; sent(at: number): void }, bits: number, bytesBefore: number): void {
    if (page >>> 5 !== this.#chunk * CHUNK_WORDS + this.#word || ((bits >>> (page & 31)) & 1) === 0) return;
    const ahead = popcount(bits & ~(-1 << (page & 31)));
    const bytesEach = (this.bytes - bytesBefore) / popcount(bits);
    sent(this.start + (bytesBefore + bytesEach * ahead) / this.wire.bytesPerSecond);
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
