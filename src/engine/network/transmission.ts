import type { Page, SendOptions } from '../api';
import type { Encoders } from '../encoding/encoders';
import type { Memory } from '../guest/memory';
import { lowestBit, popcount } from '../pages/bits';
import { CHUNK_SHIFT, CHUNK_WORDS, EMPTY_CHUNK, Pages } from '../pages/pages';
import { PACKET_PAGES, type Wire } from './wire';

/** Who wants to know when things happen to pages on their way. */
export interface Onlooker {
  /** The page of which one wants to know when it started. */
  readonly watch?: { page: Page; sent(at: number): void };
  /** The first page of word `word` is about to start. */
  entered?(word: number): void;
}

/**
 * A set of pages going over the link, lowest first, back to back, while the guest may be writing.
 *
 * Between two writes a whole run of pages starts, so the work is done by the word: what a run costs does not depend on
 * how many pages are in it. Times are never accumulated: a page starts when what is before it has been sent,
 * `start + position / bytesPerSecond`. The position is counted in bytes, and in ideal or bandwidth-bound runs it is an
 * integer: the bytes themselves. A page whose CPU work takes longer than its bytes counts as the bytes that the link
 * could have sent meanwhile.
 */
export class Transmission {
  /** Bytes of the pages that have started. */
  bytes = 0;
  fullPages = 0;
  zeroPages = 0;
  /** Pages that were left out since they were dirty again. */
  skippedPages = 0;
  /** Pages that were stale until they started. */
  freshPages = 0;
  /** No page will start any more. */
  done = false;
  /** CPU seconds of the sender. */
  cpuSeconds = 0;
  /** The bitmap word whose pages are starting now; −1 once all have. */
  word = -1;
  /** Until when the guest may write elsewhere than into the pages of `word` without regard to this transmission. */
  horizon = Infinity;
  #encodedPages = 0;
  #position = 0;
  #chunk = -1;
  #word = CHUNK_WORDS;
  /** Pages of the current word that have not started. */
  #rest = 0;
  /** Where the last of them starts. */
  #lastPosition = 0;
  readonly #rate: number;
  readonly #full: number;
  readonly #zero: number;
  readonly #endPosition: number;
  readonly #mostBytes: number;
  /** The pages of the current word go as they are: what they take is known at once. */
  #byWord = true;
  readonly #skipDirty: boolean;
  readonly #onePageAtATime: boolean;
  readonly #zeros: Uint32Array | undefined;

  constructor(
    readonly start: number,
    private readonly pages: Pages,
    private readonly memory: Memory,
    private readonly wire: Wire,
    /** Bytes per second: the link's, or less if the sender holds itself back. */
    rate: number,
    { seconds = Infinity, bytes = Infinity, skipDirty = false }: SendOptions = {},
    private readonly onlooker: Onlooker = {},
    private readonly encoders?: Encoders,
  ) {
    this.#rate = rate;
    this.#full = Math.max(wire.fullPageBytes, wire.fullPageSeconds * rate);
    this.#zero = Math.max(wire.zeroPageBytes ?? 0, wire.zeroPageSeconds * rate);
    this.#zeros = wire.zeroPageBytes === undefined ? undefined : memory.zero;
    this.#endPosition = seconds * rate;
    this.#mostBytes = bytes;
    this.#skipDirty = skipDirty;
    this.#onePageAtATime = bytes < Infinity || onlooker.watch !== undefined;
    this.#nextWord();
  }

  /** When the last byte of the pages that have started leaves the source. */
  get end(): number {
    return this.start + this.#position / this.#rate;
  }

  /** Page transmissions that have started, however encoded. */
  get started(): number {
    return this.fullPages + this.zeroPages + this.#encodedPages;
  }

  /** Starts every page whose turn comes before `time`. */
  startBefore(time: number): void {
    const budget = Math.min((time - this.start) * this.#rate, this.#endPosition);
    while (this.#position < budget && !this.done) {
      const { bytes, word } = this;
      if (this.#byWord) this.#startWordBefore(budget);
      else this.#encodeBefore(budget, this.encoders!);
      if (this.bytes === bytes && this.word === word) break; // a bound in bytes
    }
    if (!this.done && (this.#position >= this.#endPosition || this.bytes >= this.#mostBytes)) this.#finish();
  }

  /** The guest wrote into a page of the current word that may not have started. */
  reconsider(): void {
    if (this.done) return;
    if (this.#skipDirty) this.#leaveOut();
    if (this.#rest === 0) this.#nextWord();
    else this.#look();
  }

  /** The pages that have not started. */
  unsent(): Pages {
    const page = this.word < 0 ? this.pages.pageCount : this.word * 32;
    const later = this.pages.between(page + 32, this.pages.pageCount);
    const here: Page[] = [];
    for (let bits = this.#rest; bits !== 0; bits &= bits - 1) here.push(page + lowestBit(bits));
    return later.union(Pages.of(this.pages.pageCount, here));
  }

  /** Starts the pages of the current word, as far as the budget goes. */
  #startWordBefore(budget: number): void {
    let bits = this.#rest;
    const zeros = this.#zerosIn(bits);
    if (this.#lastPosition < budget && !this.#onePageAtATime) {
      const zeroCount = zeros === 0 ? 0 : popcount(zeros);
      this.#advance(popcount(bits) - zeroCount, zeroCount);
    } else bits = this.#startSome(bits, zeros, budget);
    if (bits === 0) return;
    this.encoders?.passBy(this.word, bits);
    this.freshPages += this.memory.capture(this.#chunk, this.#word, bits);
    this.#rest &= ~bits;
    if (this.#rest === 0) this.#nextWord();
  }

  /** Starts the lowest of these pages, one by one, as far as the budget goes. Returns which. */
  #startSome(bits: number, zeros: number, budget: number): number {
    let rest = bits;
    while (rest !== 0 && this.#position < budget && this.bytes < this.#mostBytes) {
      const isZero = (zeros & rest & -rest) !== 0;
      this.#tell(rest & -rest);
      this.#advance(isZero ? 0 : 1, isZero ? 1 : 0);
      rest &= rest - 1;
    }
    return bits & ~rest;
  }

  /** One page at a time, to the end of the word: what a page takes is known only once the pages before it are encoded. */
  #encodeBefore(budget: number, encoders: Encoders): void {
    const { word } = this;
    while (this.#position < budget && this.bytes < this.#mostBytes && this.word === word) {
      const bit = this.#rest & -this.#rest;
      this.#tell(bit);
      if (this.#zerosIn(bit) !== 0) {
        encoders.sentZero(word * 32 + lowestBit(bit));
        this.#advance(0, 1);
      } else this.#encode(word * 32 + lowestBit(bit), encoders);
      this.freshPages += this.memory.capture(this.#chunk, this.#word, bit);
      this.#rest &= ~bit;
      if (this.#rest === 0) this.#nextWord();
    }
    if (!this.done) this.#look();
  }

  #encode(page: Page, encoders: Encoders): void {
    const packet = this.#packetBytes(1);
    const bytes = encoders.encode(page);
    if (bytes < 0) {
      this.bytes += this.wire.fullPageBytes;
      this.fullPages++;
    } else {
      this.bytes += bytes;
      this.#encodedPages++;
    }
    const cpu = encoders.cpuSeconds + (bytes < 0 ? this.wire.fullPageSeconds : 0);
    this.cpuSeconds += cpu;
    this.bytes += packet;
    this.#position += packet + Math.max(bytes < 0 ? this.wire.fullPageBytes : bytes, cpu * this.#rate);
  }

  #advance(fullPages: number, zeroPages: number): void {
    const { fullPageBytes, zeroPageBytes = 0, fullPageSeconds, zeroPageSeconds } = this.wire;
    const packets = this.#packetBytes(fullPages + zeroPages);
    this.fullPages += fullPages;
    this.zeroPages += zeroPages;
    this.bytes += packets + fullPages * fullPageBytes + zeroPages * zeroPageBytes;
    this.cpuSeconds += fullPages * fullPageSeconds + zeroPages * zeroPageSeconds;
    this.#position += packets + fullPages * this.#full + zeroPages * this.#zero;
  }

  /** Bytes that stand before the packets which the next `pages` pages begin. */
  #packetBytes(pages: number): number {
    const { packetBytes } = this.wire;
    if (packetBytes === 0) return 0;
    return (Math.ceil((this.started + pages) / PACKET_PAGES) - Math.ceil(this.started / PACKET_PAGES)) * packetBytes;
  }

  #zerosIn(bits: number): number {
    return this.#zeros === undefined ? 0 : this.#zeros[this.word]! & bits;
  }

  #tell(bit: number): void {
    const { watch } = this.onlooker;
    if (watch && watch.page === this.word * 32 + lowestBit(bit)) watch.sent(this.end);
  }

  /** Works out where the last page of the current word starts. */
  #look(): void {
    if (!this.#byWord) this.#lastPosition = this.#position;
    else {
      const zeros = this.#zerosIn(this.#rest);
      const zeroCount = zeros === 0 ? 0 : popcount(zeros);
      const fullCount = popcount(this.#rest) - zeroCount;
      const packets = this.#packetBytes(fullCount + zeroCount - 1);
      const lastIsZero = zeros !== 0 && Math.clz32(zeros) === Math.clz32(this.#rest);
      this.#lastPosition =
        this.#position + packets + fullCount * this.#full + zeroCount * this.#zero - (lastIsZero ? this.#zero : this.#full);
    }
    // A bound in bytes may end the step at the very next page.
    const known = this.#mostBytes < Infinity ? this.#position : Math.min(this.#lastPosition, this.#endPosition);
    this.horizon = this.start + known / this.#rate;
  }

  #leaveOut(): void {
    const again = this.memory.dirtyWord(this.word) & this.#rest;
    this.skippedPages += popcount(again);
    this.#rest &= ~again;
  }

  #nextWord(): void {
    const { chunks } = this.pages;
    for (;;) {
      if (++this.#word >= CHUNK_WORDS) {
        this.#word = 0;
        do {
          if (++this.#chunk >= chunks.length) {
            this.#finish();
            this.word = -1;
            return;
          }
        } while (chunks[this.#chunk] === EMPTY_CHUNK);
      }
      this.#rest = chunks[this.#chunk]![this.#word]!;
      if (this.#rest === 0) continue;
      this.word = (this.#chunk << (CHUNK_SHIFT - 5)) + this.#word;
      if (this.#skipDirty) this.#leaveOut();
      if (this.#rest !== 0) break;
    }
    this.onlooker.entered?.(this.word);
    this.#byWord = this.encoders === undefined || this.encoders.passesBy(this.word * 32);
    this.#look();
  }

  #finish(): void {
    this.done = true;
    this.horizon = Infinity;
  }
}
