import type { Page } from '../api';
import { popcount } from '../pages/bits';
import { LivePages } from '../pages/live-pages';
import { CHUNK_WORDS } from '../pages/chunk';
import { Pages } from '../pages/pages';
import type { GuestSpec } from '../scenario';
import type { Trace } from '../trace/trace';
import { endOfTouches } from './stretch';
import { DIRTY, STALE, WriteMarks } from './write-marks';

/**
 * What is true of each page of the guest at the source, a bit each.
 *
 * `dirty` is what tracking tells a strategy; `stale` is the truth that the engine holds it to: the destination has not
 * got the page's newest content. A strategy is right when the two never differ where it matters, at the hand-over.
 */
export class Memory {
  readonly pageCount: number;
  /**
   * `dirty`: written since the bitmap was last read. `stale`: the destination lacks the newest content, since it has an
   * old copy, or none. (So every missing page is stale, too.)
   */
  readonly marks: WriteMarks;
  dirtyCount = 0;
  /** The destination has no copy: never sent, or discarded. */
  readonly missing: LivePages;
  /** Holds only zeros; undefined if no page does. */
  readonly zero: Uint32Array | undefined;
  /** The guest's system has not given it to anybody. */
  free: Uint32Array | undefined;
  /** Holds a copy of what is on the disk. */
  readonly cache: Uint32Array | undefined;
  /** What is true of a page only until it is written: the bitmaps above, those there are. */
  untilWritten: readonly Uint32Array[];
  /** Released without the destination ever having got them; undefined if none was. */
  #released: Uint32Array | undefined;
  /** Read as dirty, and not protected again yet: a write to such a page is not seen. Undefined if there are none. */
  #unprotected: { pages: Pages; protectedChunks: Uint8Array; chunkPages: number } | undefined;
  /** Only pages of the words below this one are ever written, so only there one has to look for dirty ones. */
  readonly writtenWords: number;

  constructor(guest: GuestSpec, ideal = false) {
    const { pages, zeroFraction, freeFraction = 0, cacheFraction = 0 } = guest;
    this.pageCount = pages;
    const words = Math.ceil(pages / 32);
    this.marks = new WriteMarks(words);
    this.marks.setAllStale(pages);
    this.writtenWords = Math.ceil(endOfTouches(guest) / 32);
    this.missing = new LivePages(Pages.all(pages));
    // Free memory sits at the top and the working set at the bottom: what is up there is overwritten only if they overlap.
    const free = pages - Math.round(freeFraction * pages);
    const cache = Math.max(0, free - Math.round(cacheFraction * pages));
    const zero = guest.trace ? zerosOf(guest.trace, words, pages) : top(words, pages - Math.round(zeroFraction * pages), pages);
    if (!ideal) this.zero = zero;
    this.free = top(words, free, pages);
    this.cache = top(words, cache, free);
    this.untilWritten = this.#conditional();
  }

  #conditional(): Uint32Array[] {
    return [this.zero, this.free, this.cache].filter((bitmap) => bitmap !== undefined);
  }

  /** The dirty pages of a word. */
  dirtyWord(word: number): number {
    return this.marks.dirty(word);
  }

  /** Reads the dirty bitmap and clears it. */
  takeDirty(): Pages {
    const { marks } = this;
    const taken = this.#pagesOf(this.writtenWords, this.dirtyCount, (word) => marks.takeDirty(word));
    this.dirtyCount = 0;
    return taken;
  }

  /** Reads the dirty bitmap. */
  peekDirty(): Pages {
    const { marks } = this;
    return this.#pagesOf(this.writtenWords, this.dirtyCount, (word) => marks.dirty(word));
  }

  /** The pages of which the destination lacks the newest content. */
  stalePages(): Pages {
    const { marks } = this;
    return this.#pagesOf(marks.wordCount, undefined, (word) => marks.stale(word));
  }

  /** The set of which `read` tells the pages, word by word, up to `words`. */
  #pagesOf(words: number, size: number | undefined, read: (word: number) => number): Pages {
    return Pages.from(this.pageCount, size, (c, chunk) => {
      const first = c * CHUNK_WORDS;
      const end = Math.min(CHUNK_WORDS, words - first);
      let any = 0;
      for (let w = 0; w < end; w++) any |= chunk[w] = read(first + w);
      return any !== 0;
    });
  }

  /** These pages are protected again only in pieces of `chunkPages` pages, each by `protect()`. */
  leaveUnprotected(pages: Pages, chunkPages: number): void {
    const chunks = Math.ceil(this.pageCount / chunkPages);
    this.#unprotected = { pages, protectedChunks: new Uint8Array(chunks), chunkPages };
  }

  isUnprotected(page: Page): boolean {
    const unprotected = this.#unprotected;
    return (
      unprotected !== undefined &&
      unprotected.protectedChunks[Math.floor(page / unprotected.chunkPages)] === 0 &&
      unprotected.pages.has(page)
    );
  }

  /** The first page of word `word` is about to be sent: its pieces are protected again. Was one of them not before? */
  protect(word: number): boolean {
    const unprotected = this.#unprotected;
    if (unprotected === undefined) return false;
    const { protectedChunks, chunkPages } = unprotected;
    let any = false;
    for (let chunk = Math.floor((word * 32) / chunkPages); chunk * chunkPages < word * 32 + 32; chunk++) {
      if (protectedChunks[chunk] !== 0) continue; // or behind the last piece
      protectedChunks[chunk] = 1;
      any = true;
    }
    return any;
  }

  /**
   * The transmission of these pages of word `w` of chunk `c` starts: what they hold now is what the destination will
   * have. Returns how many were stale.
   */
  capture(c: number, w: number, bits: number): number {
    if (this.#released !== undefined) this.#released[c * CHUNK_WORDS + w]! &= ~bits;
    return this.#refresh(c, w, bits);
  }

  /** The same for all pages of `chunk`, number `c`, in the words `from` ≤ word < `to`. */
  captureWords(c: number, chunk: Uint32Array, from: number, to: number): number {
    const { marks } = this;
    const released = this.#released;
    let fresh = 0;
    for (let w = from, word = c * CHUNK_WORDS + from; w < to; w++, word++) {
      const bits = chunk[w]!;
      if (bits === 0) continue;
      if (released !== undefined) released[word]! &= ~bits;
      fresh += popcount(marks.stale(word) & bits);
      marks.clearStale(word, bits);
    }
    if (fresh > 0) this.missing.deleteWords(c, chunk, from, to);
    return fresh;
  }

  /** The destination has nothing old of these pages any more. Returns how many were stale. */
  #refresh(c: number, w: number, bits: number): number {
    const word = c * CHUNK_WORDS + w;
    const fresh = this.marks.stale(word) & bits;
    if (fresh === 0) return 0; // the destination has them already, and then they are not missing either
    this.marks.clearStale(word, bits);
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
        const word = c * CHUNK_WORDS + w;
        fresh += popcount(bits & ~this.marks.stale(word));
        this.marks.setStale(word, bits);
      }
    });
    this.missing.addAll(pages);
    return fresh;
  }

  /** The destination needs no copy of these pages: nobody will read what they hold. Returns how many it lacked. */
  release(pages: Pages): number {
    let lacking = 0;
    const released = (this.#released ??= new Uint32Array(this.marks.wordCount));
    pages.chunks.forEach((chunk, c) => {
      for (let w = 0; w < CHUNK_WORDS; w++) {
        if (chunk[w] === 0) continue;
        // Only what it never got: of the others it keeps its copy, and that one can become stale.
        released[c * CHUNK_WORDS + w]! |= chunk[w]! & this.missing.word(c, w);
        lacking += this.#refresh(c, w, chunk[w]!);
      }
    });
    // Nobody will send them, and so protect their pieces again: it is done now, or the next writes would go unseen.
    if (this.#unprotected) this.#unprotected.pages = this.#unprotected.pages.minus(pages);
    return lacking;
  }

  /** Released pages that the guest has written after all are missing at the destination, which never got them. */
  missReleased(): void {
    const released = this.#released;
    if (released === undefined) return;
    const stale = Pages.from(this.pageCount, undefined, (c, chunk) => {
      let any = 0;
      for (let w = 0, word = c * CHUNK_WORDS; w < CHUNK_WORDS && word < released.length; w++, word++) {
        any |= chunk[w] = released[word]! & this.marks.stale(word);
        released[word]! &= ~chunk[w]!;
      }
      return any !== 0;
    });
    if (stale.size > 0) this.missing.addAll(stale);
  }

  /** A passed-through device writes the page; `tracked`: and reports it. Returns the marks that the page did not have before. */
  writtenByDevice(page: Page, tracked: boolean): number {
    const word = page >>> 5;
    const bit = 1 << page;
    for (const bitmap of this.untilWritten) bitmap[word]! &= ~bit;
    const stales = (this.marks.stale(word) & bit) === 0;
    const dirties = tracked && (this.marks.dirty(word) & bit) === 0;
    this.marks.setStale(word, bit);
    if (dirties) this.marks.setDirty(word, bit);
    this.dirtyCount += +dirties;
    return (stales ? STALE : 0) | (dirties ? DIRTY : 0);
  }

  /** The pages that hold only zeros, are free, or hold copies of what is on the disk. */
  pagesThatAre(what: 'zero' | 'free' | 'cache'): Pages {
    const bitmap = this[what];
    return bitmap ? Pages.fromWords(this.pageCount, bitmap.slice()) : Pages.none(this.pageCount);
  }

  /** The highest `most` of these pages become free. Returns how many did. */
  setFree(pages: Pages, most: number): number {
    let left = Math.max(0, Math.min(most, pages.size));
    const count = left;
    this.free ??= new Uint32Array(this.marks.wordCount);
    this.untilWritten = this.#conditional();
    for (let c = pages.chunks.length - 1; c >= 0 && left > 0; c--) {
      for (let w = CHUNK_WORDS - 1; w >= 0 && left > 0; w--) {
        for (let bits = pages.chunks[c]![w]!; bits !== 0 && left > 0; left--) {
          const bit = 1 << (31 - Math.clz32(bits));
          bits &= ~bit;
          this.free[c * CHUNK_WORDS + w]! |= bit;
          if (this.cache) this.cache[c * CHUNK_WORDS + w]! &= ~bit;
        }
      }
    }
    return count;
  }

  isZero(page: Page): boolean {
    return this.zero !== undefined && ((this.zero[page >>> 5]! >>> (page & 31)) & 1) === 1;
  }

  /** How many of the pages hold only zeros. */
  zerosIn(pages: Pages): number {
    return this.zero ? pages.intersect(this.pagesThatAre('zero')).size : 0;
  }

  /** The pages of which the destination holds an old copy that it would take for the newest. */
  outdated(): Pages {
    return this.stalePages().minus(this.missing.snapshot());
  }
}

function top(words: number, from: number, to: number): Uint32Array | undefined {
  return from < to ? filled(words, from, to) : undefined;
}

/** The pages that hold only zeros where a trace begins (class 0). */
function zerosOf({ start: { classes } }: Trace, words: number, pages: number): Uint32Array {
  const bitmap = new Uint32Array(words);
  for (let page = 0; page < Math.min(pages, classes.length); page++) {
    if (classes[page] === 0) bitmap[page >>> 5]! |= 1 << page;
  }
  return bitmap;
}

/** A bitmap of `words` words in which the bits `from` ≤ bit < `to` are set. */
function filled(words: number, from: number, to: number): Uint32Array {
  const bitmap = new Uint32Array(words).fill(0xffffffff, from >>> 5, Math.ceil(to / 32));
  if ((to & 31) !== 0) bitmap[to >>> 5]! &= ~(-1 << (to & 31));
  if ((from & 31) !== 0) bitmap[from >>> 5]! &= -1 << (from & 31);
  return bitmap;
}
