import { createHash } from 'node:crypto';
import { encodeXbzrle } from '../../engine/encoding/xbzrle-codec';
import { deltaClassOf, MAX_COMPRESSED_UNITS } from '../../engine/trace/trace';
import { lz4Bytes } from './lz4-size';

export const PAGE_BYTES = 4096;
/** What `hashOf` gives for a page of zeros, and for no other. */
export const ZERO_HASH = 0;

const ZEROS = Buffer.alloc(PAGE_BYTES);
/** QEMU gives the encoder as many bytes as a page has (migration/ram.c: save_xbzrle_page). */
const encoded = new Uint8Array(PAGE_BYTES);

/**
 * 53 bits of the content's SHA-256, as a whole number; `ZERO_HASH` for a page of zeros. Among ten million contents two
 * that differ have the same number with a probability of about 1 %, and would then count as one content.
 */
export function hashOf(page: Buffer): number {
  if (page.equals(ZEROS)) return ZERO_HASH;
  const digest = createHash('sha256').update(page).digest();
  return (digest.readUInt32LE(0) + (digest.readUInt32LE(4) & 0x1f_ffff) * 2 ** 32) || 1;
}

/** The page's size after LZ4 in units of 64 bytes, rounded up: 1 to `MAX_COMPRESSED_UNITS`. */
export function compressedUnitsOf(page: Uint8Array): number {
  return Math.min(Math.ceil(lz4Bytes(page) / 64), MAX_COMPRESSED_UNITS);
}

/** The class of the page's XBZRLE delta against what it was before. */
export function deltaClassBetween(before: Uint8Array, now: Uint8Array): number {
  return deltaClassOf(encodeXbzrle(before, now, encoded));
}

/** Do two images of a guest's memory differ in this page? */
export function differs(before: Buffer, now: Buffer, page: number): boolean {
  const from = page * PAGE_BYTES;
  return before.compare(now, from, from + PAGE_BYTES, from, from + PAGE_BYTES) !== 0;
}

/** Page number `page` of an image, not copied. */
export function pageOf(image: Buffer, page: number): Buffer {
  return image.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
}
