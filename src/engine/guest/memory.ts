import type { Page } from '../api';
import { popcount } from '../pages/bits';
import { LivePages } from '../pages/live-pages';
import { CHUNK_WORDS, Pages } from '../pages/pages';

/**
 * What is true of each page of the guest at the source, a bit each.
 *
 * `dirty` is what tracking tells a strategy; `stale` is the truth that the engine holds it to: the destination has not
 * got the page's newest content. A strategy is right when the two never differ where it matters, at the hand-over.
 */
export class Memory {
  readonly pageCount: number;
  /** Written since the bitmap was last read. */
  dirty: Uint32Array;
  dirtyCount = 0;
  /** The destination lacks the newest content: it has an old copy, or none. So every missing page is stale, too. */
  readonly stale: Uint32Array;
  /** The destination has no copy: never sent, or discarded. */
  readonly missing: LivePages;
  /** Holds only zeros; undefined if no page does. */
  readonly zero: Uint32Array | undefined;

  constructor(pageCount: number, zeroPages: number) {
    this.pageCount = pageCount;
    const words = Math.ceil(pageCount / 32);
    this.dirty = new Uint32Array(words);
    this.stale = filled(words, 0, pageCount);
    this.missing = new LivePages(Pages.all(pageCount));
    if (zeroPages > 0) {
      // Free memory sits at the top and the working set at the bottom: a zero page is overwritten only if they overlap.
      this.zero = filled(words, pageCount - zeroPages, pageCount);
    }
  }

  /** Reads the dirty bitmap and clears it. */
  takeDirty(): Pages {
    const taken = Pages.fromWords(this.pageCount, this.dirty, this.dirtyCount);
    this.dirty = new Uint32Array(this.dirty.length);
    this.dirtyCount = 0;
    return taken;
  }

  /**
   * The transmission of these pages of word `w` of chunk `c` starts: what they hold now is what the destination will
   * have. Returns how many were stale.
   */
  capture(c: number, w: number, bits: number): number {
    const word = c * CHUNK_WORDS + w;
    const fresh = this.stale[word]! & bits;
    if (fresh === 0) return 0; // the destination has them already, and then they are not missing either
    this.stale[word]! &= ~bits;
    this.missing.deleteBits(c, w, bits);
    return popcount(fresh);
  }

  /** The destination drops its copies of these pages. Returns how many of them were the newest. */
  discard(pages: Pages): number {
    let fresh = 0;
    pages.chunks.forEach((chunk, c) => {
      for (let w = 0; w < CHUNK_WORDS; w++) {
        const bits = chunk[w]!;
        if (bits === 0) continue;
        fresh += popcount(bits & ~this.stale[c * CHUNK_WORDS + w]!);
        this.stale[c * CHUNK_WORDS + w]! |= bits;
      }
    });
    this.missing.addAll(pages);
    return fresh;
  }

  isZero(page: Page): boolean {
    return this.zero !== undefined && ((this.zero[page >>> 5]! >>> (page & 31)) & 1) === 1;
  }

  /** How many of the pages hold only zeros. */
  zerosIn(pages: Pages): number {
    return this.zero ? pages.intersect(Pages.fromWords(this.pageCount, this.zero.slice())).size : 0;
  }

  /** The pages of which the destination holds an old copy that it would take for the newest. */
  outdated(): Pages {
    return Pages.fromWords(this.pageCount, this.stale.slice()).minus(this.missing.snapshot());
  }
}

/** A bitmap of `words` words in which the bits `from` ≤ bit < `to` are set. */
function filled(words: number, from: number, to: number): Uint32Array {
  const bitmap = new Uint32Array(words).fill(0xffffffff, from >>> 5);
  if ((to & 31) !== 0) bitmap[words - 1] = ~(-1 << (to & 31));
  if ((from & 31) !== 0) bitmap[from >>> 5]! &= -1 << (from & 31);
  return bitmap;
}
