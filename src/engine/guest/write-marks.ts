/** Half a bitmap word of each of the two bitmaps. */
const LOW = 0xffff;

/** The bits of a page in its word of `WriteMarks.words`, `page >>> 4`, shifted down by `page & 15`. */
export const DIRTY = 1;
export const STALE = 0x10000;

/**
 * Two bits for each page, `dirty` and `stale`. A write sets both, and that is what the engine does most often; so both
 * lie in one word, which holds 16 pages: its low half says which are dirty, its high half which are stale. Everybody
 * but the hot loop sees two bitmaps of 32 pages a word.
 */
export class WriteMarks {
  readonly words: Uint32Array;

  constructor(readonly wordCount: number) {
    this.words = new Uint32Array(2 * wordCount);
  }

  dirty(w: number): number {
    return (this.words[2 * w]! & LOW) | (this.words[2 * w + 1]! << 16);
  }

  stale(w: number): number {
    return (this.words[2 * w]! >>> 16) | (this.words[2 * w + 1]! & ~LOW);
  }

  setDirty(w: number, bits: number): void {
    this.words[2 * w]! |= bits & LOW;
    this.words[2 * w + 1]! |= bits >>> 16;
  }

  setStale(w: number, bits: number): void {
    this.words[2 * w]! |= bits << 16;
    this.words[2 * w + 1]! |= bits & ~LOW;
  }

  /** The pages 0 to `pages` − 1 are stale. */
  setAllStale(pages: number): void {
    this.words.fill(LOW << 16, 0, pages >>> 4);
    if ((pages & 15) !== 0) this.words[pages >>> 4] = ~(-1 << (pages & 15)) << 16;
  }

  clearStale(w: number, bits: number): void {
    this.words[2 * w]! &= ~(bits << 16);
    this.words[2 * w + 1]! &= ~(bits & ~LOW);
  }

  /** Reads the dirty pages of a word, and clears them. */
  takeDirty(w: number): number {
    const { words } = this;
    const [low, high] = [words[2 * w]!, words[2 * w + 1]!];
    words[2 * w] = low & ~LOW;
    words[2 * w + 1] = high & ~LOW;
    return (low & LOW) | (high << 16);
  }
}
