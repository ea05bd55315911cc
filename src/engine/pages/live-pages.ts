import type { Page } from '../api';
import { popcount } from './bits';
import { CHUNK_PAGES, CHUNK_SHIFT, EMPTY_CHUNK, sizeOfChunk, type Chunk } from './chunk';
import { Pages } from './pages';

/**
 * A set of pages that changes, and of which snapshots can be had for the price of the chunks that change afterwards.
 */
export class LivePages {
  readonly #pageCount: number;
  readonly #chunks: Chunk[];
  /** Pages in each chunk. A chunk without pages becomes the empty one, so that nobody searches it. */
  readonly #sizes: Int32Array;
  /** Chunks that no snapshot shares: they may be written. */
  readonly #owned: Uint8Array;
  #size: number;
  #snapshot: Pages | undefined;

  constructor(initial: Pages) {
    this.#pageCount = initial.pageCount;
    this.#chunks = [...initial.chunks];
    this.#sizes = Int32Array.from(this.#chunks, sizeOfChunk);
    this.#owned = new Uint8Array(this.#chunks.length);
    this.#size = initial.size;
  }

  get size(): number {
    return this.#size;
  }

  has(page: Page): boolean {
    return ((this.#chunks[page >>> CHUNK_SHIFT]![(page & (CHUNK_PAGES - 1)) >>> 5]! >>> (page & 31)) & 1) === 1;
  }

  /** Are all of these pages in the set? Without a snapshot, which would have to be paid for. */
  includes(pages: Pages): boolean {
    for (let c = pages.firstChunk; c <= pages.lastChunk; c++) {
      const own = this.#chunks[c]!;
      if (pages.held(c) === EMPTY_CHUNK || pages.held(c) === own) continue;
      for (let w = pages.firstWord(c), end = pages.lastWord(c); w < end; w++) if ((pages.word(c, w) & ~own[w]!) !== 0) return false;
    }
    return true;
  }

  /** The pages of word `w` of chunk `c`. */
  word(c: number, w: number): number {
    return this.#chunks[c]![w]!;
  }

  delete(page: Page): void {
    this.deleteBits(page >>> CHUNK_SHIFT, (page & (CHUNK_PAGES - 1)) >>> 5, 1 << (page & 31));
  }

  /** Removes the pages of word `w` of chunk `c` that are set in `bits`. */
  deleteBits(c: number, w: number, bits: number): void {
    const gone = this.#chunks[c]![w]! & bits;
    if (gone !== 0 && this.#shrink(c, popcount(gone))) this.#chunks[c]![w]! &= ~gone;
  }

  /** Removes the pages of `chunk`, number `c`, that lie in the words `from` ≤ word < `to`. */
  deleteWords(c: number, chunk: Chunk, from: number, to: number): void {
    const own = this.#chunks[c]!;
    if (own === EMPTY_CHUNK) return;
    let gone = 0;
    for (let w = from; w < to; w++) gone += popcount(own[w]! & chunk[w]!);
    if (gone === 0 || !this.#shrink(c, gone)) return;
    const rest = this.#chunks[c]!;
    for (let w = from; w < to; w++) rest[w]! &= ~chunk[w]!;
  }

  /** Chunk `c` is about to lose so many pages, and may be written. Or has it lost all it had? Then it has been replaced. */
  #shrink(c: number, count: number): boolean {
    this.#size -= count;
    this.#snapshot = undefined;
    if ((this.#sizes[c]! -= count) === 0) {
      this.#chunks[c] = EMPTY_CHUNK;
      this.#owned[c] = 0;
      return false;
    }
    if (this.#owned[c] === 0) {
      this.#chunks[c] = new Uint32Array(this.#chunks[c]!);
      this.#owned[c] = 1;
    }
    return true;
  }

  addAll(pages: Pages): void {
    this.#snapshot = this.snapshot().union(pages);
    this.#snapshot.chunks.forEach((chunk, c) => {
      if (this.#chunks[c] !== chunk) this.#sizes[c] = sizeOfChunk(chunk);
      this.#chunks[c] = chunk;
    });
    this.#size = this.#snapshot.size;
  }

  /** The set as it is now. Two snapshots without a change between them are the same value. */
  snapshot(): Pages {
    if (!this.#snapshot) {
      this.#snapshot = new Pages(this.#pageCount, [...this.#chunks], this.#size);
      this.#owned.fill(0);
    }
    return this.#snapshot;
  }
}
