/**
 * XBZRLE, QEMU's delta encoding of a page against an older copy of it, byte for byte as its portable encoder writes it
 * (QEMU, migration/xbzrle.c: xbzrle_encode_buffer and xbzrle_decode_buffer; format and example: docs/xbzrle.txt).
 *
 *     page   = zero-run non-zero-run | zero-run non-zero-run page
 *     zero-run     = length              (bytes that are the same in both copies)
 *     non-zero-run = length byte…        (bytes that differ, as they are now)
 *     length       = ULEB128 of at most 14 bits, so 1 or 2 bytes (util/cutils.c: uleb128_encode_small)
 *
 * A page that starts with a difference starts with a zero run of length 0. A non-zero run ends at the first byte that
 * is the same again, however short the stretch: bridging it would often be shorter, but QEMU does not look ahead.
 * A zero run that reaches the end of the page is left out.
 */

/** The longest run that two bytes of ULEB128 can say, and so the longest page. */
const MAX_PAGE_BYTES = 0x3fff;

/** Every run may need two bytes for its length. QEMU asks for them before it looks what the run is. */
const LENGTH_BYTES = 2;

/**
 * Encodes what turns the page `old` into the page `now`, into `into`. Returns how many bytes that took: 0 if the pages
 * are equal, −1 if it overflows `into`, which then holds a part of it.
 *
 * Overflow is QEMU's: two free bytes are asked for at the start of every run, also before a last zero run that would
 * write nothing. An encoding that leaves fewer than two bytes free is thus an overflow unless the page's last byte
 * belongs to it. QEMU gives the encoder as many bytes as a page has (migration/ram.c: save_xbzrle_page).
 *
 * Throws a RangeError if the two pages differ in length or are longer than 16,383 bytes.
 */
export function encodeXbzrle(old: Uint8Array, now: Uint8Array, into: Uint8Array): number {
  const length = now.length;
  if (old.length !== length || length > MAX_PAGE_BYTES) {
    throw new RangeError(
      `XBZRLE compares two pages of the same length, at most ${MAX_PAGE_BYTES} bytes; these have ${old.length} and ` +
        `${length} bytes.`,
    );
  }
  let at = 0;
  let written = 0;
  while (at < length) {
    if (written + LENGTH_BYTES > into.length) return -1;
    const same = at;
    while (at < length && old[at] === now[at]) at++;
    if (at === length) return written;
    written = putLength(into, written, at - same);

    if (written + LENGTH_BYTES > into.length) return -1;
    let changed = at;
    while (at < length && old[at] !== now[at]) at++;
    written = putLength(into, written, at - changed);
    if (written + at - changed > into.length) return -1;
    while (changed < at) into[written++] = now[changed++]!;
  }
  return written;
}

/**
 * Applies `encoded` to the old page in `into`, in place. No bytes at all mean no change.
 *
 * Accepts and refuses what QEMU's decoder does. Throws a RangeError on malformed data; the page may then have been
 * changed in part, as in QEMU, where the migration fails.
 */
export function decodeXbzrle(encoded: Uint8Array, into: Uint8Array): void {
  let read = 0;
  let at = 0;

  const takeLength = (what: string): number => {
    const start = read;
    // A zero run never comes last, nor does the length of a non-zero run: at least one more byte follows either.
    if (encoded.length - read < 2) throw malformed(`the data ends in the ${what}`, start);
    let length = encoded[read++]!;
    if (length >= 0x80) {
      const high = encoded[read++]!;
      if (high >= 0x80) throw malformed(`the length of the ${what} takes more than two bytes`, start);
      length = (length & 0x7f) | (high << 7);
    }
    return length;
  };

  while (read < encoded.length) {
    const start = read;
    const same = takeLength('zero run');
    if (same === 0 && start > 0) throw malformed('a zero run of length 0 follows another run', start);
    at += same;
    if (at > into.length) throw malformed(`a zero run ends beyond the page's ${into.length} bytes`, start);

    const next = read;
    const changed = takeLength('non-zero run');
    if (changed === 0) throw malformed('a non-zero run has length 0', next);
    if (at + changed > into.length) throw malformed(`a non-zero run ends beyond the page's ${into.length} bytes`, next);
    if (read + changed > encoded.length) throw malformed('the data ends in the non-zero run', next);
    into.set(encoded.subarray(read, read + changed), at);
    read += changed;
    at += changed;
  }
}

function putLength(into: Uint8Array, at: number, length: number): number {
  if (length < 0x80) {
    into[at] = length;
    return at + 1;
  }
  into[at] = (length & 0x7f) | 0x80;
  into[at + 1] = length >> 7;
  return at + 2;
}

function malformed(what: string, at: number): RangeError {
  return new RangeError(`Malformed XBZRLE data: ${what} at byte ${at}.`);
}
