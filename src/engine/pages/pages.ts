import type { Page, PageSet } from '../api';
import { isAtLeast, shown } from '../migration/argument';
import { around, type Gap } from './around';
import { lowestBit, lowestBits, popcount } from './bits';
import {
  AND,
  AND_NOT,
  CHUNK_PAGES,
  CHUNK_SHIFT,
  CHUNK_WORDS,
  EMPTY_CHUNK,
  FULL_CHUNK,
  isEmpty,
  masked,
  merged,
  OR,
  sizeOfChunk,
  type Chunk,
} from './chunk';

/** Where the pages of a set are written down. */
export interface Held {
  readonly chunks: readonly Chunk[];
  /** The same, but perhaps only until the next page is sent: for a look there and then. */
  readonly now: readonly Chunk[];
  /** Where there are no pages: a hint for whoever searches. */
  gap?: Gap;
}

/** A set of pages: a bitmap in chunks. */
export class Pages implements PageSet {
  #size: number;
  /** May hold other pages, too: of these, the pages from `#low` to `#high`, both included, make the set. */
  readonly #held: Held;
  readonly #low: Page;
  readonly #high: Page;
  /** Chunks that hold the set and nothing else; made only if somebody asks, for most small sets are sent and forgotten. */
  #chunks: readonly Chunk[] | undefined;

  /** Chunks must not be written any more; `size`, if known, saves a count. */
  constructor(
    readonly pageCount: number,
    held: readonly Chunk[] | Held,
    size = -1,
    low: Page = 0,
    high: Page = pageCount - 1,
  ) {
    this.#held = Array.isArray(held) ? { chunks: held as readonly Chunk[], now: held as readonly Chunk[] } : (held as Held);
    this.#size = size;
    this.#low = low;
    this.#high = high;
  }

  get chunks(): readonly Chunk[] {
    return (this.#chunks ??= this.#isWhole ? this.#held.chunks : this.#cut());
  }

  /** For a look at the set there and then. */
  get #now(): readonly Chunk[] {
    return this.#isWhole ? this.#held.now : this.chunks;
  }

  get #isWhole(): boolean {
    return this.#low === 0 && this.#high === this.pageCount - 1;
  }

  /** Is the set all that `held` holds, or the pages of that between two of its own? */
  isPartOf(held: Held | undefined): boolean {
    return this.#held === held;
  }

  /** The first and the last chunk in which there may be pages. */
  get firstChunk(): number {
    return this.#low >>> CHUNK_SHIFT;
  }

  get lastChunk(): number {
    return this.#high >>> CHUNK_SHIFT;
  }

  /** The words of chunk `c` in which there may be pages: from `firstWord(c)` to `lastWord(c)` − 1. */
  firstWord(c: number): number {
    return Math.max(0, (this.#low >>> 5) - c * CHUNK_WORDS);
  }

  lastWord(c: number): number {
    return Math.min(CHUNK_WORDS, (this.#high >>> 5) + 1 - c * CHUNK_WORDS);
  }

  /** The set's pages of word `w`, one of those in which there may be pages. */
  word(c: number, w: number): number {
    return this.#held.now[c]![w]! & this.range(c, w);
  }

  /** The pages of such a word that are neither too low nor too high for the set. */
  range(c: number, w: number): number {
    const all = c * CHUNK_WORDS + w;
    const above = all === this.#low >>> 5 ? -1 << (this.#low & 31) : -1;
    const below = all === this.#high >>> 5 ? -1 >>> (31 - (this.#high & 31)) : -1;
    return above & below;
  }

  static none(pageCount: number): Pages {
    return new Pages(pageCount, new Array<Chunk>(chunksFor(pageCount)).fill(EMPTY_CHUNK), 0);
  }

  static all(pageCount: number): Pages {
    return Pages.range(pageCount, 0, pageCount);
  }

  /** The pages `from` ≤ page < `to`. */
  static range(pageCount: number, from: Page, to: Page): Pages {
    const chunks = new Array<Chunk>(chunksFor(pageCount)).fill(EMPTY_CHUNK);
    for (let c = from >>> CHUNK_SHIFT; c << CHUNK_SHIFT < to; c++) {
      const start = c << CHUNK_SHIFT;
      const low = Math.max(from - start, 0);
      const high = Math.min(to - start, CHUNK_PAGES);
      chunks[c] = low === 0 && high === CHUNK_PAGES ? FULL_CHUNK : masked(FULL_CHUNK, low, high);
    }
    return new Pages(pageCount, chunks, Math.max(to - from, 0));
  }

  /**
   * The set of exactly these pages. Throws a RangeError on a page that the guest does not have, and a TypeError on what
   * is no collection.
   */
  static of(pageCount: number, pages: Iterable<Page>): Pages {
    if (typeof (pages as Partial<Iterable<Page>> | null | undefined)?.[Symbol.iterator] !== 'function') {
      throw new TypeError(`expected page numbers, such as [0, 1, 2], got ${shown(pages)}.`);
    }
    const chunks = new Array<Chunk>(chunksFor(pageCount)).fill(EMPTY_CHUNK);
    let low = pageCount;
    let high = -1;
    for (const page of pages) {
      if (!Number.isInteger(page) || page < 0 || page >= pageCount) {
        throw new RangeError(`${shown(page)} is not a page of this guest: its pages are 0 to ${pageCount - 1}.`);
      }
      const c = page >>> CHUNK_SHIFT;
      if (chunks[c] === EMPTY_CHUNK) chunks[c] = new Uint32Array(CHUNK_WORDS);
      chunks[c]![(page & (CHUNK_PAGES - 1)) >>> 5]! |= 1 << (page & 31);
      if (page < low) low = page;
      if (page > high) high = page;
    }
    if (high < 0) return Pages.none(pageCount);
    const set = new Pages(pageCount, chunks, -1, low, high);
    set.#chunks = chunks; // there is nothing beyond the bounds that would have to be cut off
    return set;
  }

  /** Takes over a flat bitmap of the whole guest; the caller must not write it any more. */
  static fromWords(pageCount: number, words: Uint32Array, size = -1): Pages {
    const chunks: Chunk[] = [];
    for (let from = 0; from < words.length; from += CHUNK_WORDS) {
      const part = words.subarray(from, from + CHUNK_WORDS);
      if (isEmpty(part)) chunks.push(EMPTY_CHUNK);
      else if (part.length === CHUNK_WORDS) chunks.push(part);
      else {
        const whole = new Uint32Array(CHUNK_WORDS);
        whole.set(part);
        chunks.push(whole);
      }
    }
    return new Pages(pageCount, chunks, size);
  }

  /**
   * The set that `fill` describes: it writes the words of chunk `c` into an empty chunk, and says whether there are
   * any pages in it. `size`, if known, saves a count.
   */
  static from(pageCount: number, size: number | undefined, fill: (c: number, chunk: Uint32Array) => boolean): Pages {
    let spare = new Uint32Array(CHUNK_WORDS);
    const chunks = Array.from({ length: chunksFor(pageCount) }, (_, c) => {
      if (!fill(c, spare)) return EMPTY_CHUNK;
      const chunk = spare;
      spare = new Uint32Array(CHUNK_WORDS);
      return chunk;
    });
    return new Pages(pageCount, chunks, size);
  }

  get size(): number {
    if (this.#size < 0) {
      this.#size = this.chunks.reduce((size, chunk) => size + sizeOfChunk(chunk), 0);
    }
    return this.#size;
  }

  has(page: Page): boolean {
    // Shifts take 2 ** 32, NaN and '0' for page 0.
    if (typeof page !== 'number' || page >>> 0 !== page) return false;
    const chunk = this.#now[page >>> CHUNK_SHIFT];
    return chunk !== undefined && ((chunk[(page & (CHUNK_PAGES - 1)) >>> 5]! >>> (page & 31)) & 1) === 1;
  }

  union(other: PageSet): Pages {
    return this.#combine('union', other, (a, b) => {
      if (a === EMPTY_CHUNK || b === FULL_CHUNK) return b;
      if (b === EMPTY_CHUNK || a === FULL_CHUNK) return a;
      return merged(a, b, OR);
    });
  }

  intersect(other: PageSet): Pages {
    return this.#combine('intersect', other, (a, b) => {
      if (a === EMPTY_CHUNK || b === FULL_CHUNK) return a;
      if (b === EMPTY_CHUNK || a === FULL_CHUNK) return b;
      return merged(a, b, AND);
    });
  }

  minus(other: PageSet): Pages {
    return this.#combine('minus', other, (a, b) => {
      if (a === EMPTY_CHUNK || b === EMPTY_CHUNK) return a;
      if (b === FULL_CHUNK) return EMPTY_CHUNK;
      return merged(a, b, AND_NOT);
    });
  }

  first(count: number): Pages {
    if (!isAtLeast(0, count)) {
      throw new RangeError(`first(${shown(count)}): first() takes a number of pages, 0 or more.`);
    }
    const chunks = new Array<Chunk>(this.chunks.length).fill(EMPTY_CHUNK);
    const most = Math.min(Math.floor(count), this.pageCount);
    let left = most;
    for (let c = 0; c < chunks.length && left > 0; c++) {
      const chunk = this.chunks[c]!;
      if (chunk === EMPTY_CHUNK) continue;
      const part = new Uint32Array(CHUNK_WORDS);
      for (let w = 0; w < CHUNK_WORDS && left > 0; w++) {
        part[w] = lowestBits(chunk[w]!, left);
        left -= popcount(part[w]!);
      }
      chunks[c] = part;
    }
    return new Pages(this.pageCount, chunks, most - left);
  }

  nearest(pivot: Page, count: number): Pages {
    if (!Number.isFinite(pivot) || !isAtLeast(0, count)) {
      const takes = 'nearest() takes a page\'s number, and how many pages, 0 or more';
      throw new RangeError(`nearest(${shown(pivot)}, ${shown(count)}): ${takes}.`);
    }
    // From beyond an end of memory the pages are met in the same order as from that end.
    const start = Math.min(Math.max(Math.floor(pivot), 0), this.pageCount - 1);
    const known = this.#isWhole ? this.#held.gap : undefined;
    const { low, high, found, gap } = around(this.#now, start, Math.floor(count), known);
    if (this.#isWhole) this.#held.gap = gap;
    return found === 0 ? Pages.none(this.pageCount) : this.#between(Math.max(low, 0), Math.min(high, this.pageCount - 1), found);
  }

  between(from: Page, to: Page): Pages {
    if (!isNumber(from) || !isNumber(to)) {
      throw new RangeError(`between(${shown(from)}, ${shown(to)}): between() takes two pages' numbers.`);
    }
    const low = this.#end(from);
    const high = this.#end(to);
    return low === 0 && high === this.pageCount ? this : this.#between(low, high - 1, -1);
  }

  /** A copy of the set as one bitmap, for whoever wants to change it. */
  toWords(): Uint32Array {
    const words = new Uint32Array(this.chunks.length * CHUNK_WORDS);
    this.chunks.forEach((chunk, c) => words.set(chunk, c * CHUNK_WORDS));
    return words;
  }

  toArray(): Page[] {
    const pages: Page[] = [];
    for (let page = this.#nextPage(0); page >= 0; page = this.#nextPage(page + 1)) pages.push(page);
    return pages;
  }

  /** The lowest page of the set that is `from` or above, or −1. */
  next(from: Page): Page {
    return this.#nextPage(from);
  }

  /** The lowest page from `from` on that is not in the set; the guest's page count if there is none. */
  nextAbsent(from: Page): Page {
    for (let page = from; page < this.pageCount; ) {
      const chunk = this.chunks[page >>> CHUNK_SHIFT]!;
      if (chunk === FULL_CHUNK) {
        page = ((page >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT;
        continue;
      }
      const absent = ~chunk[(page & (CHUNK_PAGES - 1)) >>> 5]! & (-1 << (page & 31));
      if (absent !== 0) return Math.min((page & ~31) + lowestBit(absent), this.pageCount);
      page = (page & ~31) + 32;
    }
    return this.pageCount;
  }

  /** The lowest page, or -1 if the set is empty. */
  get lowest(): Page {
    return this.#nextPage(0);
  }

  /** What an end of a stretch comes to within memory: a page, or the page count. */
  #end(page: Page): Page {
    return Math.min(Math.max(Math.floor(page), 0), this.pageCount);
  }

  #combine(verb: string, other: PageSet, pair: (a: Chunk, b: Chunk) => Chunk): Pages {
    if (!(other instanceof Pages)) throw new TypeError(`${verb}(): ${notASet(other)}`);
    const { chunks } = pagesOf(other, this.pageCount);
    return new Pages(this.pageCount, this.chunks.map((chunk, c) => pair(chunk, chunks[c]!)));
  }

  /** The lowest page ≥ `from`, or -1. */
  #nextPage(from: Page): Page {
    from = Math.max(from, 0);
    const chunks = this.#now;
    for (let c = from >>> CHUNK_SHIFT; c < chunks.length; c++) {
      const chunk = chunks[c]!;
      const start = c << CHUNK_SHIFT;
      if (chunk === EMPTY_CHUNK) continue;
      const offset = Math.max(from - start, 0);
      let w = offset >>> 5;
      for (let word = chunk[w]! & (-1 << (offset & 31)); ; word = chunk[w]!) {
        if (word !== 0) return start + (w << 5) + lowestBit(word);
        if (++w === CHUNK_WORDS) break;
      }
    }
    return -1;
  }

  /** The pages from `low` to `high`, both included; `size` of them, or −1 if nobody has counted. */
  #between(low: Page, high: Page, size: number): Pages {
    return low > high ? Pages.none(this.pageCount) : new Pages(this.pageCount, this.#isWhole ? this.#held : this.chunks, size, low, high);
  }

  #cut(): Chunk[] {
    const held = this.#held.chunks;
    const chunks = new Array<Chunk>(held.length).fill(EMPTY_CHUNK);
    for (let c = this.firstChunk; c <= this.lastChunk; c++) {
      const chunk = held[c]!;
      const from = Math.max(this.#low - (c << CHUNK_SHIFT), 0);
      const to = Math.min(this.#high + 1 - (c << CHUNK_SHIFT), CHUNK_PAGES);
      chunks[c] = chunk === EMPTY_CHUNK || (from === 0 && to === CHUNK_PAGES) ? chunk : masked(chunk, from, to);
    }
    return chunks;
  }
}

/** The engine's own representation behind a `PageSet`. Throws a TypeError if it is not one of this guest's. */
export function pagesOf(set: PageSet, pageCount: number): Pages {
  if (!(set instanceof Pages)) throw new TypeError(notASet(set));
  if (set.pageCount !== pageCount) throw new TypeError('this PageSet belongs to another guest.');
  return set;
}

function chunksFor(pageCount: number): number {
  return Math.ceil(pageCount / CHUNK_PAGES);
}

function notASet(value: unknown): string {
  const instead = 'm.missing(), m.syncDirty() and m.guest.pages([…]) give one';
  return `expected a PageSet, got ${shown(value)}; ${instead}.`;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}
