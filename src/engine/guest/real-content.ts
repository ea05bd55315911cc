import type { Page } from '../api';
import { encodeXbzrle } from '../encoding/xbzrle-codec';
import { lowestBit } from '../pages/bits';
import { PAGE_SIZE, type GuestSpec } from '../scenario';
import { deflate } from '../trace/deflate';
import { UNIQUE, type Content } from './content';
import { ModelledContent } from './modelled-content';
import { Random } from './random';

/** Real bytes are kept twice: more than so many pages would be more memory than a browser's worker likes to give. */
export const MOST_REAL_PAGES = 16_384;

/**
 * The bytes themselves: for small guests, where somebody wants to look at them or to hold an encoding to its true size.
 * They begin as the model says, random in the part that does not compress and zero in the rest; each write puts random
 * bytes at a random place of the page.
 */
export class RealContent implements Content {
  readonly #now: Uint8Array;
  /** What was sent last; all zeros until then, as the destination's memory is. */
  readonly #sent: Uint8Array;
  readonly #bytesPerWrite: number;
  readonly #random: Random;
  readonly #model: ModelledContent;
  readonly #delta = new Uint8Array(PAGE_SIZE);

  /** Throws a RangeError if the guest is too large. */
  constructor(guest: GuestSpec, seed: number) {
    const { pages, zeroFraction, content } = guest;
    if (pages > MOST_REAL_PAGES) {
      throw new RangeError(`Real bytes are kept for guests of at most ${MOST_REAL_PAGES} pages; this one has ${pages}.`);
    }
    this.#now = new Uint8Array(pages * PAGE_SIZE);
    this.#sent = new Uint8Array(pages * PAGE_SIZE);
    this.#bytesPerWrite = Math.min(PAGE_SIZE, content?.bytesPerWrite ?? 64);
    this.#random = new Random(seed, 4);
    const model = (this.#model = new ModelledContent(guest, seed));
    const firstZeroPage = pages - Math.round(zeroFraction * pages);
    for (let page = 0; page < firstZeroPage; page++) {
      const same = model.classOf(page);
      this.#fill(page * PAGE_SIZE, model.compressedBytes(page), same === UNIQUE ? undefined : new Random(seed, 1000 + same));
    }
  }

  /** The page's bytes as they are now; not to be written. */
  bytesOf(page: Page): Uint8Array {
    return this.#now.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  }

  written(page: Page): void {
    const at = this.#random.below(PAGE_SIZE - this.#bytesPerWrite + 1);
    this.#fill(page * PAGE_SIZE + at, this.#bytesPerWrite);
  }

  filled(page: Page): void {
    const compressed = this.#model.compressedBytes(page);
    this.#fill(page * PAGE_SIZE, compressed);
    this.#now.fill(0, page * PAGE_SIZE + compressed, (page + 1) * PAGE_SIZE);
  }

  sent(word: number, bits: number): void {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const page = word * 32 + lowestBit(rest);
      this.#sent.set(this.bytesOf(page), page * PAGE_SIZE);
    }
  }

  compressedBytes(page: Page): number {
    return Math.min(PAGE_SIZE, deflate(this.bytesOf(page)).length);
  }

  deltaBytes(page: Page): number {
    const bytes = encodeXbzrle(this.#sent.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), this.bytesOf(page), this.#delta);
    return bytes < 0 ? PAGE_SIZE + 1 : bytes;
  }

  classOf(page: Page): number {
    // FNV-1a, twice with different starts, in one number of 52 bits: two contents in a small guest will not meet.
    let low = 0x811c9dc5;
    let high = 0x01234567;
    for (const byte of this.bytesOf(page)) {
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte, 0x01000193);
    }
    return 1 + (high & 0xfffff) * 0x1_0000_0000 + (low >>> 0);
  }

  #fill(at: number, count: number, random = this.#random): void {
    for (let i = at; i < at + count; i++) this.#now[i] = random.next();
  }
}
