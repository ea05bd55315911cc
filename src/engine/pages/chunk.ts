import { popcount } from './bits';

/**
 * A piece of a bitmap: 8,192 pages (32 MiB of guest memory, 1 KiB of bitmap). Chunks are shared between sets and never
 * written once a set holds them, so that the set of all pages of a 1 TiB guest costs a reference for each of its 32,768
 * chunks, and a snapshot of a changing set copies only the chunks that change afterwards.
 */
export type Chunk = Uint32Array;

export const CHUNK_SHIFT = 13;
export const CHUNK_PAGES = 1 << CHUNK_SHIFT;
export const CHUNK_WORDS = CHUNK_PAGES >>> 5;
/** Word `word` of a bitmap lies in chunk `word >> WORD_SHIFT`. */
export const WORD_SHIFT = CHUNK_SHIFT - 5;

export const EMPTY_CHUNK: Chunk = new Uint32Array(CHUNK_WORDS);
export const FULL_CHUNK: Chunk = new Uint32Array(CHUNK_WORDS).fill(0xffffffff);

export function isEmpty(words: Uint32Array): boolean {
  for (let w = 0; w < words.length; w++) if (words[w] !== 0) return false;
  return true;
}

export function sizeOfChunk(chunk: Chunk): number {
  if (chunk === EMPTY_CHUNK) return 0;
  if (chunk === FULL_CHUNK) return CHUNK_PAGES;
  let size = 0;
  for (let w = 0; w < CHUNK_WORDS; w++) size += popcount(chunk[w]!);
  return size;
}

export const OR = 0;
export const AND = 1;
export const AND_NOT = 2;

/** One loop for each operation, not one with a function per word: these are the inner loops of every strategy. */
export function merged(a: Chunk, b: Chunk, operation: typeof OR | typeof AND | typeof AND_NOT): Chunk {
  const result = new Uint32Array(CHUNK_WORDS);
  if (operation === OR) for (let w = 0; w < CHUNK_WORDS; w++) result[w] = a[w]! | b[w]!;
  else if (operation === AND) for (let w = 0; w < CHUNK_WORDS; w++) result[w] = a[w]! & b[w]!;
  else for (let w = 0; w < CHUNK_WORDS; w++) result[w] = a[w]! & ~b[w]!;
  return result;
}

/** A copy of `chunk` that keeps only the pages `from` ≤ page < `to`, counted from the chunk's start. */
export function masked(chunk: Chunk, from: number, to: number): Chunk {
  const copy = new Uint32Array(CHUNK_WORDS);
  for (let w = from >>> 5; w << 5 < to; w++) {
    let word = chunk[w]!;
    if (from > w << 5) word &= -1 << (from & 31);
    if (to < (w + 1) << 5) word &= ~(-1 << (to & 31));
    copy[w] = word;
  }
  return copy;
}
