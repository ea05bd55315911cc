import { ByteWriter, MAX_VARINT_BYTES, type ByteReader } from './bytes';
import { checkPageNumbers } from './check-trace';
import { DELTA_CLASSES } from './delta-class';
import { readBlock, writeBlock } from './section';
import { MAX_COMPRESSED_UNITS, type TraceInterval } from './trace';
import { TraceError } from './trace-error';

/** Sizes are coded as differences modulo this, so that every size is one byte and every byte below it a size. */
const UNITS_MODULUS = MAX_COMPRESSED_UNITS + 1;

/** What is known of the compressed sizes when a group starts: those of the keyframe, whichever group it is. */
export class LastSizes {
  readonly #start: Uint8Array;
  readonly #last: Uint8Array;

  constructor(start: Uint8Array) {
    this.#start = start;
    this.#last = start.slice();
  }

  /** Sets the page's size, in units, and returns the one before. */
  replace(page: number, units: number): number {
    const before = this.#last[page]!;
    this.#last[page] = units;
    return before;
  }

  at(page: number): number {
    return this.#last[page]!;
  }

  /** Forgets the sizes of these pages: by the page, because a guest has many more of them than a group writes. */
  reset(pages: Int32Array): void {
    for (const page of pages) this.#last[page] = this.#start[page]!;
  }
}

/** Successive intervals as one section, in columns: alike values side by side compress better. */
export function writeGroup(intervals: readonly TraceInterval[], hasReads: boolean, sizes: LastSizes): Uint8Array {
  const columns = Array.from({ length: hasReads ? 7 : 5 }, () => new ByteWriter());
  const [counts, pages, classes, units, deltas, readCounts, readPages] = columns;
  for (const interval of intervals) {
    writePages(interval.pages, counts!, pages!);
    interval.pages.forEach((page, k) => {
      const size = interval.compressedUnits[k]!;
      classes!.varint(interval.classes[k]!);
      units!.byte((size - sizes.replace(page, size) + UNITS_MODULUS) % UNITS_MODULUS);
    });
    deltas!.bytes(interval.deltaClasses);
    if (interval.readPages) writePages(interval.readPages, readCounts!, readPages!);
  }
  for (const { pages } of intervals) sizes.reset(pages);
  const group = new ByteWriter();
  for (const column of columns) writeBlock(group, column.written());
  return group.written();
}

/** What a group says: of the guest and of how much may still be read. */
export interface GroupSetting {
  readonly intervals: number;
  readonly pageCount: number;
  readonly hasReads: boolean;
  /** Page numbers that the groups before it had. */
  readonly pageNumbers: number;
}

/** Reads what `writeGroup` wrote. Throws a TraceError if the section is malformed or the trace grows too large. */
export function readGroup(group: ByteReader, setting: GroupSetting, sizes: LastSizes): TraceInterval[] {
  const { perInterval, total } = readCounts(group, 'dirty counts', setting, setting.pageNumbers);
  const pages = readPages(group, 'page numbers', perInterval, total, setting.pageCount);
  const classColumn = readBlock(group, 'content classes', total, MAX_VARINT_BYTES);
  const unitColumn = readBlock(group, 'compressed sizes', total, 1);
  const deltaColumn = readBlock(group, 'delta classes', total, 1);
  const classes = new Uint32Array(total);
  const compressedUnits = new Uint8Array(total);
  const deltaClasses = new Uint8Array(total);
  const silent = new Uint8Array(total);
  for (let k = 0; k < total; k++) {
    const page = pages[k]!;
    classes[k] = classColumn.varint();
    compressedUnits[k] = (sizes.at(page) + below(unitColumn, UNITS_MODULUS)) % UNITS_MODULUS;
    sizes.replace(page, compressedUnits[k]!);
    deltaClasses[k] = below(deltaColumn, DELTA_CLASSES);
    silent[k] = deltaClasses[k] === 0 ? 1 : 0;
  }
  sizes.reset(pages);
  classColumn.end();
  unitColumn.end();
  deltaColumn.end();

  const reads = setting.hasReads ? readCounts(group, 'read counts', setting, setting.pageNumbers + total) : undefined;
  const readSet = reads && readPages(group, 'pages read', reads.perInterval, reads.total, setting.pageCount);
  group.end();

  let from = 0;
  let readFrom = 0;
  return Array.from(perInterval, (count, i): TraceInterval => {
    const to = from + count;
    const interval = {
      pages: pages.subarray(from, to),
      classes: classes.subarray(from, to),
      compressedUnits: compressedUnits.subarray(from, to),
      deltaClasses: deltaClasses.subarray(from, to),
      silent: silent.subarray(from, to),
    };
    from = to;
    if (!readSet) return interval;
    const readTo = readFrom + reads.perInterval[i]!;
    const readPages = readSet.subarray(readFrom, readTo);
    readFrom = readTo;
    return { ...interval, readPages };
  });
}

function writePages(pages: Int32Array, counts: ByteWriter, numbers: ByteWriter): void {
  counts.varint(pages.length);
  let next = 0;
  for (const page of pages) {
    numbers.varint(page - next);
    next = page + 1;
  }
}

/** How many pages each interval has, and all of them. `before` page numbers have been read already. */
function readCounts(group: ByteReader, what: string, { intervals, pageCount }: GroupSetting, before: number) {
  const column = readBlock(group, what, intervals, MAX_VARINT_BYTES);
  const perInterval = new Uint32Array(intervals);
  let total = 0;
  for (let i = 0; i < intervals; i++) {
    const count = column.varint();
    if (count > pageCount) throw new TraceError(column.where, `interval ${i} has ${count}`, `at most ${pageCount}`);
    perInterval[i] = count;
    total += count;
    checkPageNumbers(column.where, before + total);
  }
  column.end();
  return { perInterval, total };
}

/** Page numbers, ascending in each interval: every one as its distance from the lowest that it could be. */
function readPages(group: ByteReader, what: string, perInterval: Uint32Array, total: number, pageCount: number) {
  const column = readBlock(group, what, total, MAX_VARINT_BYTES);
  const pages = new Int32Array(total);
  let k = 0;
  for (const count of perInterval) {
    let next = 0;
    for (const end = k + count; k < end; k++) {
      const page = next + column.varint();
      if (page >= pageCount) throw new TraceError(column.where, `there is a page ${page}`, `0 to ${pageCount - 1}`);
      pages[k] = page;
      next = page + 1;
    }
  }
  column.end();
  return pages;
}

function below(column: ByteReader, limit: number): number {
  const value = column.byte();
  if (value >= limit) throw new TraceError(column.where, `there is a value ${value}`, `0 to ${limit - 1}`);
  return value;
}
