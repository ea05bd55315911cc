import type { Page } from '../api';
import { lowestBit } from '../pages/bits';
import { PAGE_SIZE, type ContentSpec, type GuestSpec } from '../scenario';
import { UNIQUE, type Content } from './content';

/** A cache line, the least that a write moves (assumption; real deltas are bimodal, see recorded traces). */
const BYTES_PER_WRITE = 64;
/** Each content that occurs more than once occurs so often (assumption). */
const COPIES = 4;
const MOST_WRITES = 254;
const FILLED = 255;
/** XBZRLE spends two lengths on each stretch of changed bytes, of one or two bytes each. */
const RUN_OVERHEAD_BYTES = 3;

/** What pages hold by a seeded model: sizes, not bytes. */
export class ModelledContent implements Content {
  readonly #spec: Required<Omit<ContentSpec, 'realBytes'>>;
  readonly #pages: number;
  readonly #seed: number;
  /** Writes since the page was sent last; `MOST_WRITES` means so many or more, `FILLED` that nothing is as it was. */
  readonly #writes: Uint8Array;
  /** Written at all, so that it is no copy of another page any more. */
  readonly #changed: Uint8Array;

  constructor({ pages, content }: GuestSpec, seed: number) {
    this.#pages = pages;
    this.#seed = seed;
    this.#spec = {
      compressedFraction: content?.compressedFraction ?? 1,
      bytesPerWrite: content?.bytesPerWrite ?? BYTES_PER_WRITE,
      duplicateFraction: content?.duplicateFraction ?? 0,
    };
    this.#writes = new Uint8Array(pages);
    this.#changed = new Uint8Array(Math.ceil(pages / 8));
  }

  written(page: Page): void {
    if (this.#writes[page]! < MOST_WRITES) this.#writes[page]!++;
    this.#changed[page >>> 3]! |= 1 << (page & 7);
  }

  filled(page: Page): void {
    this.#writes[page] = FILLED;
    this.#changed[page >>> 3]! |= 1 << (page & 7);
  }

  sent(word: number, bits: number): void {
    if (bits === -1) this.#writes.fill(0, word * 32, word * 32 + 32);
    else for (let rest = bits; rest !== 0; rest &= rest - 1) this.#writes[word * 32 + lowestBit(rest)] = 0;
  }

  compressedBytes(page: Page): number {
    // Pages differ: evenly around the mean, by up to a half of it, but none gets larger than it is.
    const mean = Math.min(1, this.#spec.compressedFraction);
    const spread = Math.min(mean / 2, 1 - mean);
    const fraction = mean + spread * ((2 * mix(this.#seed ^ page)) / 0x1_0000_0000 - 1);
    return Math.max(1, Math.round(PAGE_SIZE * fraction));
  }

  deltaBytes(page: Page): number {
    const writes = this.#writes[page]!;
    if (writes === FILLED) return PAGE_SIZE + 1;
    // Each write changes a stretch at a place of its own; some fall on bytes that have changed already.
    const untouched = (1 - Math.min(1, this.#spec.bytesPerWrite / PAGE_SIZE)) ** writes;
    return Math.round(PAGE_SIZE * (1 - untouched)) + RUN_OVERHEAD_BYTES * writes;
  }

  classOf(page: Page): number {
    const { duplicateFraction } = this.#spec;
    if (duplicateFraction === 0 || (this.#changed[page >>> 3]! >>> (page & 7)) & 1) return UNIQUE;
    if (mix(this.#seed + 1 + page) >= duplicateFraction * 0x1_0000_0000) return UNIQUE;
    const contents = Math.max(1, Math.floor((this.#pages * duplicateFraction) / COPIES));
    return 1 + (mix(this.#seed + 2 + page) % contents);
  }
}

/** A 32-bit hash of a number (the finaliser of MurmurHash3 by Appleby). */
export function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
