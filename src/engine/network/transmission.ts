import type { Page, SendOptions } from '../api';
import type { Encoders } from '../encoding/encoders';
import type { Memory } from '../guest/memory';
import { lowestBit, lowestBits, popcount } from '../pages/bits';
import { CHUNK_SHIFT, CHUNK_WORDS, EMPTY_CHUNK } from '../pages/chunk';
import { Pages } from '../pages/pages';
import { PACKET_PAGES, type Wire } from './wire';

/** Who wants to know when things happen to pages on their way. */
export interface Onlooker {
  /** The page of which one wants to know when it started. */
  readonly watch?: { page: Page; sent(at: number): void };
  /** The first page of word `word` is about to start, at `at`. */
  entered?(word: number, at: number): void;
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
  /** Until `horizon` pages start in no word above this one: elsewhere the guest may write without regard to them. */
  reach = -1;
  horizon = -Infinity;
  #encodedPages = 0;
  #position = 0;
  #chunk = -1;
  #word = CHUNK_WORDS;
  /** Pages of the current word that have not started. */
  #rest = 0;
  readonly #rate: number;
  readonly #full: number;
  readonly #zero: number;
  readonly #endPosition: number;
  readonly #mostBytes: number;
  /** The pages of the current word go as they are: what they take is known at once. */
  #byWord = true;
  readonly #skipDirty: boolean;
  readonly #onePageAtATime: boolean;
  /** Nothing but time decides when a page starts, and nobody minds: one can look ahead over many words. */
  readonly #foreseeable: boolean;
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
    const asTheyAre = encoders === undefined || encoders.passesBy(Math.max(0, pages.lowest));
    this.#foreseeable = !this.#onePageAtATime && !skipDirty && !onlooker.entered && asTheyAre;
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
      if (this.#foreseeable) this.#startWords(budget);
      if (this.done) break;
      if (this.#byWord) this.#startWordBefore(budget);
      else this.#encodeBefore(budget, this.encoders!);
      if (this.bytes === bytes && this.word === word) break; // a bound in bytes
    }
    if (!this.done && (this.#position >= this.#endPosition || this.bytes >= this.#mostBytes)) this.#finish();
  }

  /** From now on pages start only where the guest never writes: neither has to regard the other. */
  get apart(): boolean {
    return this.#foreseeable && this.word >= this.memory.writtenWords;
  }

  /** Looks ahead to `time`, but not beyond the start of the last page; or nowhere, if nothing can be foreseen. */
  lookAhead(time: number): void {
    if (!this.#foreseeable || time <= this.horizon) return;
    const full = this.#full;
    const zero = Math.min(this.#zero, full); // a page of zeros may be written before its turn comes
    const zeros = this.#zeros;
    const { chunks } = this.pages;
    const until = Math.min(time, this.start + this.#endPosition / this.#rate);
    // A byte more than time allows: what is added up in another order may be rounded to another side.
    const budget = (until - this.start) * this.#rate + 1;
    let position = this.#position;
    let c = this.#chunk;
    let w = this.#word;
    for (let bits = this.#rest; ; bits = chunks[c]![w]!) {
      if (bits !== 0) {
        const zeroCount = zeros === undefined ? 0 : popcount(zeros[c * CHUNK_WORDS + w]! & bits);
        position += (popcount(bits) - zeroCount) * full + zeroCount * zero;
        this.reach = c * CHUNK_WORDS + w;
        if (position > budget) return void (this.horizon = until);
      }
      if (++w < CHUNK_WORDS) continue;
      w = 0;
      do c++;
      while (c < chunks.length && chunks[c] === EMPTY_CHUNK);
      if (c === chunks.length) break;
    }
    this.horizon = Math.min(until, this.start + (position - full) / this.#rate);
  }

  /** The guest wrote into a page of the current word that may not have started. */
  reconsider(): void {
    if (this.done || this.#foreseeable) return;
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

  /** Starts the pages of whole words, from the current one on, as long as the budget pays for all pages of a word. */
  #startWords(budget: number): void {
    const { chunks } = this.pages;
    const { memory, encoders } = this;
    const full = this.#full;
    const zero = this.#zero;
    const zeros = this.#zeros;
    while (!this.done) {
      const chunk = chunks[this.#chunk]!;
      const from = this.#word;
      if (this.#rest !== chunk[from]) return; // some of its pages have started
      const left = budget - this.#position;
      let fullCount = 0;
      let zeroCount = 0;
      let w = from;
      for (; w < CHUNK_WORDS; w++) {
        const bits = chunk[w]!;
        if (bits === 0) continue;
        const zerosHere = zeros === undefined ? 0 : popcount(zeros[this.#chunk * CHUNK_WORDS + w]! & bits);
        const fullHere = popcount(bits) - zerosHere;
        const fulls = fullCount + fullHere;
        const zeroes = zeroCount + zerosHere;
        if (fulls * full + zeroes * zero + this.#packetBytes(fulls + zeroes) > left) break;
        fullCount = fulls;
        zeroCount = zeroes;
      }
      if (w === from) return;
      this.#advance(fullCount, zeroCount);
      if (encoders) for (let i = from; i < w; i++) if (chunk[i] !== 0) encoders.passBy(this.#chunk * CHUNK_WORDS + i, chunk[i]! | 0);
      this.freshPages += memory.captureWords(this.#chunk, chunk, from, w);
      this.#rest = 0;
      this.#word = w - 1;
      this.#nextWord();
    }
  }

  /** Starts the pages of the current word, as far as the budget goes. */
  #startWordBefore(budget: number): void {
    const zeros = this.#zerosIn(this.#rest);
    const alike = zeros === 0 && !this.#onePageAtATime && this.wire.packetBytes === 0;
    const bits = alike ? this.#startAlike(this.#rest, budget) : this.#startSome(this.#rest, zeros, budget);
    if (bits === 0) return;
    this.encoders?.passBy(this.word, bits);
    this.freshPages += this.memory.capture(this.#chunk, this.#word, bits);
    this.#rest &= ~bits;
    if (this.#rest === 0) this.#nextWord();
  }

  /** Starts the lowest of these pages, of which each takes the same, as far as the budget goes. Returns which. */
  #startAlike(bits: number, budget: number): number {
    const position = this.#position;
    const full = this.#full;
    const most = popcount(bits);
    let count = Math.min(most, Math.ceil((budget - position) / full));
    // The estimate is rounded; the positions themselves decide.
    while (count > 0 && position + (count - 1) * full >= budget) count--;
    while (count < most && position + count * full < budget) count++;
    this.#advance(count, 0);
    return lowestBits(bits, count);
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

  /** Works out where the last page of the current word starts: a word ahead is as far as one can look. */
  #look(): void {
    this.reach = this.word;
    let known = this.#position;
    // A bound in bytes may end the step at the very next page, and what an encoded page takes is not known.
    if (this.#byWord && this.#mostBytes === Infinity) {
      const zeros = this.#zerosIn(this.#rest);
      const zeroCount = zeros === 0 ? 0 : popcount(zeros);
      const fullCount = popcount(this.#rest) - zeroCount;
      const packets = this.#packetBytes(fullCount + zeroCount - 1);
      const lastIsZero = zeros !== 0 && Math.clz32(zeros) === Math.clz32(this.#rest);
      known += packets + fullCount * this.#full + zeroCount * this.#zero - (lastIsZero ? this.#zero : this.#full);
    }
    this.horizon = this.start + Math.min(known, this.#endPosition) / this.#rate;
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
            this.word = this.reach = -1;
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
    this.onlooker.entered?.(this.word, this.end);
    this.#byWord = this.encoders === undefined || this.encoders.passesBy(this.word * 32);
    if (!this.#foreseeable) this.#look();
  }

  #finish(): void {
    this.done = true;
    this.horizon = Infinity;
  }
}
