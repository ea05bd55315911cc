/**
 * How many bytes LZ4 takes for a page. The compressor's own search (LZ4, lib/lz4.c: LZ4_compress_generic with a table of
 * 16-bit positions and an acceleration of 1), which keeps no output but its length. Format: LZ4, doc/lz4_Block_format.md.
 */

const HASH_BITS = 13;
const MIN_MATCH = 4;
/** The last match starts at least so many bytes before the end, and the last bytes are literals. */
const MATCH_LIMIT = 12;
const LAST_LITERALS = 5;
/** After 2^6 misses the search takes bigger steps (LZ4_skipTrigger). */
const SKIP_TRIGGER = 6;

const table = new Uint16Array(2 ** HASH_BITS);

/** Bytes that the page takes in LZ4's block format, without any frame around it. Pages of at most 65,535 bytes. */
export function lz4Bytes(page: Uint8Array): number {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const length = page.length;
  const lastStart = length - MATCH_LIMIT;
  const matchEnd = length - LAST_LITERALS;
  table.fill(0);
  let bytes = 0;
  let anchor = 0;
  let at = 1;
  let steps = 1 << SKIP_TRIGGER;
  while (at <= lastStart) {
    const word = view.getUint32(at, true);
    const slot = Math.imul(word, 2654435761) >>> (32 - HASH_BITS);
    let candidate = table[slot]!;
    table[slot] = at;
    if (candidate >= at || view.getUint32(candidate, true) !== word) {
      at += steps++ >> SKIP_TRIGGER;
      continue;
    }
    let start = at;
    while (start > anchor && candidate > 0 && page[start - 1] === page[candidate - 1]) {
      start--;
      candidate--;
    }
    let end = at + MIN_MATCH;
    for (let from = candidate + end - start; end < matchEnd && page[end] === page[from]; end++) from++;
    bytes += sequenceBytes(start - anchor, end - start - MIN_MATCH);
    anchor = end;
    at = end;
    steps = 1 << SKIP_TRIGGER;
    // As the original does: the place two bytes back is remembered, too.
    if (at <= lastStart) table[Math.imul(view.getUint32(at - 2, true), 2654435761) >>> (32 - HASH_BITS)] = at - 2;
  }
  const literals = length - anchor;
  return bytes + 1 + literals + moreLengthBytes(literals);
}

/** A token, the literals and their length, two bytes of offset, and the match's length. */
function sequenceBytes(literals: number, match: number): number {
  return 1 + literals + moreLengthBytes(literals) + 2 + moreLengthBytes(match);
}

/** Lengths from 15 on need more bytes than the token's four bits. */
function moreLengthBytes(length: number): number {
  return length < 15 ? 0 : 1 + Math.floor((length - 15) / 255);
}
