// The engine's one package. It is pure JavaScript, and of it only what compresses and expands in place is bundled.
import { deflateSync, Inflate } from 'fflate/browser';
import { TraceError } from './trace-error';

/**
 * Deflate turns at most 1,032 bytes into one (RFC 1951: 258 bytes for 2 bits), so a piece of this size becomes at most
 * 1 MiB. The limit is checked between pieces.
 */
const PIECE_BYTES = 1024;

/** `bytes` as a raw deflate stream (RFC 1951). The same bytes on every machine. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}

/**
 * What a raw deflate stream holds, if that is at most `most` bytes. Throws a TraceError at `where` if it is more (after
 * at most 1 MiB more), or if the stream is malformed or ends early.
 */
export function inflate(compressed: Uint8Array, most: number, where: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((piece) => {
    pieces.push(piece);
    length += piece.length;
  });
  for (let from = 0; from === 0 || from < compressed.length; from += PIECE_BYTES) {
    const to = from + PIECE_BYTES;
    try {
      stream.push(compressed.subarray(from, to), to >= compressed.length);
    } catch (error) {
      throw new TraceError(where, `its data is damaged (${(error as Error).message})`, 'a raw deflate stream');
    }
    if (length > most) throw new TraceError(where, `it expands to more than ${most} bytes`, 'no more than it can need');
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
