import type { Page } from '../api';
import { lowestBit, lowestBits, popcount } from '../pages/bits';

/**
 * Pages on their way to the destination, in the order of their arrival: a ring that grows to the most that was ever
 * under way. An entry is a run: pages of one bitmap word, lowest first, back to back.
 *
 * Of a busy spell of the link that began at `since`, a run takes the bytes from `before` on, `each` for a page. Its
 * pages arrive when their last byte does; the times are computed as the source computes them, to the last bit.
 */
export class ArrivalQueue {
  #words = new Int32Array(16);
  #bits = new Int32Array(16);
  #since = new Float64Array(16);
  #before = new Float64Array(16);
  #each = new Float64Array(16);
  #head = 0;
  #length = 0;
  /** Pages of the first run that have arrived. */
  #arrived = 0;

  constructor(
    private readonly bytesPerSecond: number,
    private readonly latency: number,
  ) {}

  /** When the next page arrives; Infinity if none is under way. */
  get nextAt(): number {
    return this.#length > 0 ? this.#timeOf(this.#head, this.#arrived) : Infinity;
  }

  /** Is it as long as it can be without growing? */
  get full(): boolean {
    return this.#length === this.#words.length;
  }

  /** The pages `bits` of bitmap word `word` are on their way. */
  push(word: number, bits: number, since: number, before: number, each: number): void {
    if (this.full) this.#grow();
    const tail = (this.#head + this.#length++) & (this.#words.length - 1);
    this.#words[tail] = word;
    this.#bits[tail] = bits;
    this.#since[tail] = since;
    this.#before[tail] = before;
    this.#each[tail] = each;
  }

  /** The pages that have arrived by `time` are taken out of the queue and of `absent`, a bitmap. */
  receive(time: number, absent: Uint32Array): void {
    while (this.#length > 0) {
      const head = this.#head;
      const bits = this.#bits[head]!;
      if (this.#timeOf(head, popcount(bits) - 1) <= time) {
        absent[this.#words[head]!]! &= ~bits;
        this.#drop();
        continue;
      }
      let count = this.#arrived;
      while (this.#timeOf(head, count) <= time) count++;
      absent[this.#words[head]!]! &= ~lowestBits(bits, count);
      this.#arrived = count;
      return;
    }
  }

  /** Empties the queue: the pages that were in it. */
  takeAll(): Page[] {
    const pages: Page[] = [];
    for (; this.#length > 0; this.#drop()) {
      let bits = this.#bits[this.#head]!;
      bits &= ~lowestBits(bits, this.#arrived);
      for (; bits !== 0; bits &= bits - 1) pages.push(this.#words[this.#head]! * 32 + lowestBit(bits));
    }
    return pages;
  }

  /** When `page` arrives; Infinity if it is not under way. */
  arrivalOf(page: Page): number {
    const bit = 1 << page;
    for (let i = 0; i < this.#length; i++) {
      const slot = (this.#head + i) & (this.#words.length - 1);
      if (this.#words[slot] !== page >>> 5 || (this.#bits[slot]! & bit) === 0) continue;
      const before = popcount(this.#bits[slot]! & (bit - 1));
      if (i > 0 || before >= this.#arrived) return this.#timeOf(slot, before);
    }
    return Infinity;
  }

  /** When page number `index` of the run arrives. */
  #timeOf(slot: number, index: number): number {
    const bytes = this.#before[slot]! + (index + 1) * this.#each[slot]!;
    return this.#since[slot]! + bytes / this.bytesPerSecond + this.latency;
  }

  #drop(): void {
    this.#head = (this.#head + 1) & (this.#words.length - 1);
    this.#length--;
    this.#arrived = 0;
  }

  #grow(): void {
    const length = this.#words.length;
    const unrolled = <T extends Int32Array | Float64Array>(ring: T, larger: T): T => {
      for (let i = 0; i < length; i++) larger[i] = ring[(this.#head + i) & (length - 1)]!;
      return larger;
    };
    this.#words = unrolled(this.#words, new Int32Array(2 * length));
    this.#bits = unrolled(this.#bits, new Int32Array(2 * length));
    this.#since = unrolled(this.#since, new Float64Array(2 * length));
    this.#before = unrolled(this.#before, new Float64Array(2 * length));
    this.#each = unrolled(this.#each, new Float64Array(2 * length));
    this.#head = 0;
  }
}
