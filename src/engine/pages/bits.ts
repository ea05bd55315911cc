/** Bit arithmetic on 32-bit words. A word's lowest bit is its lowest page. */

/** How many bits are set. (The usual parallel sum; Warren, Hacker's Delight, 5-1.) */
export function popcount(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The position of the lowest set bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The `count` lowest set bits of `word`. */
export function lowestBits(word: number, count: number): number {
  // A dense word needs no loop: that is the common case, since most sets that are sent are runs of pages.
  const run = count >= 32 ? -1 : (1 << count) - 1;
  const shift = word === 0 ? 0 : lowestBit(word);
  const candidate = run << shift;
  if (shift + count <= 32 && (word & candidate) === candidate) return candidate;
  let rest = word;
  for (; count > 0 && rest !== 0; count--) rest &= rest - 1;
  return word & ~rest;
}
