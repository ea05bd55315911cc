import type { Page } from '../api';
import { popcount } from './bits';
import { CHUNK_PAGES, CHUNK_SHIFT, CHUNK_WORDS, EMPTY_CHUNK, sizeOfChunk, type Chunk } from './chunk';
import { Pages } from './pages';
import { Epoch, Snapshot } from './snapshot';

/** A set of pages that changes, and of which snapshots can be had for next to nothing. */
export class LivePages {
  readonly #pageCount: number;
  readonly #chunks: Chunk[];
  /** Pages in each chunk. A chunk without pages becomes the empty one, so that nobody searches it. */
  readonly #sizes: Int32Array;
  /** Chunks that no snapshot shares: they may be written. */
  readonly #owned: Uint8Array;
  #size: number;
  /** The set as it is, if somebody has asked since it last changed. */
  #snapshot: Pages | undefined;
  /** The newest snapshot, if the set has only lost pages since. */
  #newest: Snapshot | undefined;
  /** The epoch in which it was taken, as long as that goes on. */
  #epoch: Epoch | undefined;

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

  /** Are all of these pages in the set? */
  includes(pages: Pages): boolean {
    if (this.#snapshot !== undefined && pages.isPartOf(this.#newest)) return true;
    for (let c = pages.firstChunk; c <= pages.lastChunk; c++) {
      for (let w = pages.firstWord(c), end = pages.lastWord(c); w < end; w++) if ((pages.word(c, w) & ~this.word(c, w)) !== 0) return false;
    }
    return true;
  }

  /** The pages of word `w` of chunk `c` that are in `pages`, too; one of the words in which that may have any. */
  common(pages: Pages, c: number, w: number): number {
    // What the newest snapshot held and the set does not, the set has lost since: that snapshot need not be asked.
    return this.word(c, w) & (pages.isPartOf(this.#newest) ? pages.range(c, w) : pages.word(c, w));
  }

  /** The first word of chunk `c`, from word `w` on, that has any pages; `end` if none before that has. */
  nextWord(c: number, w: number, end: number): number {
    const chunk = this.#chunks[c]!;
    if (chunk === EMPTY_CHUNK) return end;
    const gap = this.#newest?.gap;
    const page = (c * CHUNK_WORDS + w) * 32;
    if (gap && gap.from <= page && page < gap.to) w = (gap.to >>> 5) - c * CHUNK_WORDS;
    while (w < end && chunk[w] === 0) w++;
    return Math.min(w, end);
  }

  /** The first chunk from `c` on of which it is not known that it has no pages. */
  nextChunk(c: number): number {
    const gap = this.#newest?.gap;
    const page = c << CHUNK_SHIFT;
    return gap && gap.from <= page && page < gap.to ? gap.to >>> CHUNK_SHIFT : c;
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
    if (gone === 0) return;
    if (this.#epoch?.note(c * CHUNK_WORDS + w, gone)) this.#endEpoch();
    if (this.#shrink(c, popcount(gone))) this.#chunks[c]![w]! &= ~gone;
  }

  /** Removes the pages of `chunk`, number `c`, that lie in the words `from` ≤ word < `to`. */
  deleteWords(c: number, chunk: Chunk, from: number, to: number): void {
    const own = this.#chunks[c]!;
    if (own === EMPTY_CHUNK) return;
    let gone = 0;
    for (let w = from; w < to; w++) gone += popcount(own[w]! & chunk[w]!);
    if (gone === 0) return;
    this.#endEpoch();
    if (!this.#shrink(c, gone)) return;
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
    const all = this.snapshot().union(pages);
    this.#endEpoch();
    this.#newest = undefined;
    all.chunks.forEach((chunk, c) => {
      if (this.#chunks[c] === chunk) return;
      this.#sizes[c] = sizeOfChunk(chunk);
      this.#chunks[c] = chunk;
      this.#owned[c] = 0;
    });
    this.#size = all.size;
    this.#snapshot = undefined;
  }

  /** The set as it is now. Two snapshots without a change between them are the same value. */
  snapshot(): Pages {
    if (this.#snapshot) return this.#snapshot;
    this.#epoch ??= new Epoch(this.#chunks, this.#share);
    this.#newest = new Snapshot(this.#epoch, this.#newest?.gap);
    return (this.#snapshot = new Pages(this.#pageCount, this.#newest, this.#size));
  }

  #endEpoch(): void {
    this.#epoch?.end();
    this.#epoch = undefined;
  }

  /** The chunks as they are; from now on they are copied before they are written. */
  readonly #share = (): Chunk[] => {
    this.#owned.fill(0);
    return [...this.#chunks];
  };
}
