/**
 * How many bytes a page's XBZRLE delta takes, in 16 classes. Real deltas are either tiny (counters, list heads) or
 * nearly the whole page, with little in between, so that one mean per trace would describe none of them. Steps that
 * grow by a constant factor keep the relative error alike over that range.
 *
 * | class | bytes | stands for || class | bytes | stands for |
 * |---|---|---|---|---|---|---|
 * | 0 | 0: unchanged | 0 || 8 | 65–115 | 90 |
 * | 1 | 1 | 1 || 9 | 116–210 | 163 |
 * | 2 | 2–3 | 2.5 || 10 | 211–380 | 295.5 |
 * | 3 | 4–5 | 4.5 || 11 | 381–689 | 535 |
 * | 4 | 6–10 | 8 || 12 | 690–1,248 | 969 |
 * | 5 | 11–19 | 15 || 13 | 1,249–2,261 | 1,755 |
 * | 6 | 20–35 | 27.5 || 14 | 2,262–4,096 | 3,179 |
 * | 7 | 36–64 | 50 || 15 | overflow: the page itself is sent | 4,096 |
 */
export const DELTA_CLASSES = 16;

/** The delta takes more bytes than the page has, so the page is sent as it is. */
export const OVERFLOW_CLASS = DELTA_CLASSES - 1;

const PAGE_BYTES = 4096;

/** The most bytes of each class: 4096^(k/14), rounded down, so that classes 1 to 14 cover 1 to 4096 bytes. */
const MOST_BYTES = [0, 1, 3, 5, 10, 19, 35, 64, 115, 210, 380, 689, 1248, 2261, PAGE_BYTES];

/**
 * The class of a delta of `bytes` bytes, as `encodeXbzrle` returns them: 0 for an unchanged page, −1 for an overflow.
 * Throws a RangeError if it is no whole number from −1.
 */
export function deltaClassOf(bytes: number): number {
  if (!Number.isInteger(bytes) || bytes < -1) {
    throw new RangeError(`A delta has a whole number of bytes, or −1 for an overflow; this one has ${bytes}.`);
  }
  if (bytes < 0 || bytes > PAGE_BYTES) return OVERFLOW_CLASS;
  return MOST_BYTES.findIndex((most) => bytes <= most);
}

/**
 * The bytes that a delta of this class stands for: the middle of the class, which leaves sums unbiased where sizes
 * spread evenly within it. For one page it is at most 41 % too many or 23 % too few. An overflow stands for the whole
 * page. Throws a RangeError if there is no such class.
 */
export function deltaBytes(deltaClass: number): number {
  if (!Number.isInteger(deltaClass) || deltaClass < 0 || deltaClass >= DELTA_CLASSES) {
    throw new RangeError(`Delta classes are 0 to ${OVERFLOW_CLASS}; there is no class ${deltaClass}.`);
  }
  if (deltaClass === 0) return 0;
  if (deltaClass === OVERFLOW_CLASS) return PAGE_BYTES;
  return (MOST_BYTES[deltaClass - 1]! + 1 + MOST_BYTES[deltaClass]!) / 2;
}
