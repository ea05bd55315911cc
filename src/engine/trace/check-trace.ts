import { OVERFLOW_CLASS } from './delta-class';
import { MAX_COMPRESSED_UNITS, MAX_INTERVALS, MAX_PAGE_NUMBERS, MAX_PAGES } from './trace';
import type { PageContents, Trace, TraceInterval } from './trace';
import { TraceError } from './trace-error';

/** Throws a TraceError if the trace is not what its type says: a recorder's mistake should not get into a file. */
export function checkTrace(trace: Trace): void {
  checkSetting(trace.pageCount, trace.intervalSeconds, trace.intervals.length);
  checkContents('start', trace.start, trace.pageCount);
  const reads = trace.intervals[0]?.readPages !== undefined;
  let pageNumbers = 0;
  trace.intervals.forEach((interval, i) => {
    const where = `interval ${i}`;
    checkInterval(where, interval, trace.pageCount);
    if ((interval.readPages !== undefined) !== reads) {
      throw new TraceError(where, `it has ${reads ? 'no' : 'some'} pages that were read`, 'all intervals to be alike');
    }
    pageNumbers += interval.pages.length + (interval.readPages?.length ?? 0);
  });
  checkPageNumbers('intervals', pageNumbers);
}

/** The same limits hold for a trace that is written and for one that is read. */
export function checkSetting(pageCount: number, intervalSeconds: number, intervals: number): void {
  checkWhole('page count', pageCount, 1, MAX_PAGES);
  checkWhole('number of intervals', intervals, 0, MAX_INTERVALS);
  if (!(Number.isFinite(intervalSeconds) && intervalSeconds > 0)) {
    throw new TraceError('header', `an interval takes ${intervalSeconds} s`, 'a finite time above 0 s');
  }
}

export function checkPageNumbers(where: string, count: number): void {
  if (count > MAX_PAGE_NUMBERS) {
    throw new TraceError(where, `${count} page numbers are too many`, `at most ${MAX_PAGE_NUMBERS} in a trace`);
  }
}

/** Throws a TraceError unless `value` is a whole number from `least` to `most`. */
export function checkWhole(what: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new TraceError('header', `the ${what} is ${value}`, `${least} to ${most}`);
  }
}

function checkInterval(where: string, interval: TraceInterval, pageCount: number): void {
  const { pages, deltaClasses, silent, readPages } = interval;
  checkPages(where, pages, pageCount);
  if (readPages) checkPages(`${where}, pages read`, readPages, pageCount);
  checkContents(where, interval, pages.length);
  checkLength(where, 'delta classes', deltaClasses, pages.length);
  checkLength(where, 'silent flags', silent, pages.length);
  for (let k = 0; k < pages.length; k++) {
    if (deltaClasses[k]! > OVERFLOW_CLASS) {
      const what = `its delta class is ${deltaClasses[k]}`;
      throw new TraceError(`${where}, page ${pages[k]}`, what, `0 to ${OVERFLOW_CLASS}`);
    }
    const unchanged = deltaClasses[k] === 0 ? 1 : 0;
    if (silent[k] !== unchanged) {
      const what = `its silent flag is ${silent[k]} with delta class ${deltaClasses[k]}`;
      throw new TraceError(`${where}, page ${pages[k]}`, what, `${unchanged}, because class 0 means unchanged`);
    }
  }
}

function checkContents(where: string, { classes, compressedUnits }: PageContents, length: number): void {
  checkLength(where, 'content classes', classes, length);
  checkLength(where, 'compressed sizes', compressedUnits, length);
  const large = compressedUnits.findIndex((units) => units > MAX_COMPRESSED_UNITS);
  if (large >= 0) {
    const what = `compressed size number ${large} is ${compressedUnits[large]} units`;
    throw new TraceError(where, what, `0 to ${MAX_COMPRESSED_UNITS}`);
  }
}

function checkLength(where: string, what: string, { length }: ArrayLike<number>, wanted: number): void {
  if (length !== wanted) throw new TraceError(where, `there are ${length} ${what}`, `${wanted}, one a page`);
}

function checkPages(where: string, pages: Int32Array, pageCount: number): void {
  let previous = -1;
  for (const page of pages) {
    if (page <= previous || page >= pageCount) {
      const order = previous < 0 ? 'page numbers' : `page numbers above ${previous}, the one before it,`;
      throw new TraceError(where, `page ${page} is out of place`, `${order} from 0 to ${pageCount - 1}`);
    }
    previous = page;
  }
}
