import type { Page } from '../api';
import { popcount } from './bits';
import { CHUNK_WORDS, EMPTY_CHUNK, WORD_SHIFT, type Chunk } from './chunk';

/** A stretch of memory, from page `from` to page `to` − 1, in which a set has no pages. */
export interface Gap {
  readonly from: Page;
  readonly to: Page;
}

/** A stretch of memory, its ends included, which may lie outside memory. It holds so many pages of a set. */
export interface Neighbourhood {
  readonly low: Page;
  readonly high: Page;
  readonly found: number;
  /** What was found out by the way. */
  readonly gap: Gap;
}

/**
 * The stretch of memory around `pivot`, a page of the guest's, with the `count` pages of a set that are nearest to it, or with all, if those are
 * fewer; of two pages at the same distance the upper one is nearer. A gap that is known need not be searched again: a
 * push that goes on around the same pivot leaves a larger and larger one.
 */
export function around(chunks: readonly Chunk[], pivot: Page, count: number, known?: Gap): Neighbourhood {
  const words = chunks.length * CHUNK_WORDS;
  // Outwards by the word: of words `up` and `down` the pages that have not been counted, while all nearer ones have.
  const { from, to } = known && known.from <= pivot && pivot < known.to ? known : { from: pivot, to: pivot };
  let up = Math.min(to >>> 5, words);
  let down = (from - 1) >> 5;
  let above = wordAt(chunks, up) & bitsFrom(to - up * 32);
  let below = wordAt(chunks, down) & bitsTo(from - 1 - down * 32);
  let found = 0;
  let reach = -1;
  let gap: Gap | undefined;
  for (;;) {
    if (above === 0) above = wordAt(chunks, (up = nextWord(chunks, up + 1)));
    if (below === 0) below = wordAt(chunks, (down = previousWord(chunks, down - 1)));
    gap ??= { from: (down + 1) * 32, to: up * 32 };
    if (found === count || (above === 0 && below === 0)) return { low: pivot - reach, high: pivot + reach, found, gap };
    // The distance at which the first of the two words ends.
    const end = Math.min(above === 0 ? Infinity : up * 32 + 31 - pivot, below === 0 ? Infinity : pivot - down * 32);
    const nearAbove = above & bitsTo(pivot + end - up * 32);
    const nearBelow = below & bitsFrom(pivot - end - down * 32);
    const near = popcount(nearAbove) + popcount(nearBelow);
    if (found + near > count) {
      // The last of them lie in these two words.
      const wanted = count - found;
      const distance = distanceOf(wanted, pivot, reach, end, above, up * 32, below, down * 32);
      // Both pages at that distance may be in the set, and only one of them wanted.
      const tooMany = within(distance, pivot, above, up * 32, below, down * 32) - wanted;
      return { low: pivot - distance + tooMany, high: pivot + distance, found: count, gap };
    }
    found += near;
    above ^= nearAbove;
    below ^= nearBelow;
    reach = end;
  }
}

/** The least distance from the pivot within which there are enough pages: more than `tooFew`, at most `enough`. */
function distanceOf(wanted: number, pivot: Page, tooFew: number, enough: number, above: number, up: Page, below: number, down: Page): number {
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (within(middle, pivot, above, up, below, down) < wanted) tooFew = middle;
    else enough = middle;
  }
  return enough;
}

/** How many pages are within that distance, of the pages `above` of the word that begins at `up`, and those `below` at `down`. */
function within(distance: number, pivot: Page, above: number, up: Page, below: number, down: Page): number {
  return popcount(above & bitsTo(pivot + distance - up)) + popcount(below & bitsFrom(pivot - distance - down));
}

function wordAt(chunks: readonly Chunk[], word: number): number {
  const c = word >> WORD_SHIFT;
  return c >= 0 && c < chunks.length ? chunks[c]![word & (CHUNK_WORDS - 1)]! : 0;
}

/** The first word from `from` on in which there are pages; the number of words if there is none. */
function nextWord(chunks: readonly Chunk[], from: number): number {
  let w = from & (CHUNK_WORDS - 1);
  for (let c = from >> WORD_SHIFT; c < chunks.length; c++, w = 0) {
    const chunk = chunks[c]!;
    if (chunk === EMPTY_CHUNK) continue;
    for (; w < CHUNK_WORDS; w++) if (chunk[w] !== 0) return c * CHUNK_WORDS + w;
  }
  return chunks.length * CHUNK_WORDS;
}

/** The last word up to `from` in which there are pages; −1 if there is none. */
function previousWord(chunks: readonly Chunk[], from: number): number {
  let w = from & (CHUNK_WORDS - 1);
  for (let c = from >> WORD_SHIFT; c >= 0; c--, w = CHUNK_WORDS - 1) {
    const chunk = chunks[c]!;
    if (chunk === EMPTY_CHUNK) continue;
    for (; w >= 0; w--) if (chunk[w] !== 0) return c * CHUNK_WORDS + w;
  }
  return -1;
}

/** The bits from number `from` up, and those up to number `to`, included, of a word; of one that lies elsewhere, all or none. */
const bitsFrom = (from: number): number => (from <= 0 ? -1 : from > 31 ? 0 : -1 << from);
const bitsTo = (to: number): number => (to < 0 ? 0 : to >= 31 ? -1 : ~(-2 << to));
