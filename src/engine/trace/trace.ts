export { deltaBytes, deltaClassOf } from './delta-class';

/**
 * What a guest did to its memory, recorded from a real one: the state of every page at the start, then, interval by
 * interval, which pages were written and what became of their content. `docs/trace-format.md` has the file format and
 * the rules for whoever replays one. Pages have 4096 bytes.
 */
export interface Trace {
  /** Pages of the guest, 1 to `MAX_PAGES`. */
  readonly pageCount: number;
  /** Guest time between two samples. */
  readonly intervalSeconds: number;
  readonly about: TraceAbout;
  /** Every page's content when the first interval starts. */
  readonly start: PageContents;
  readonly intervals: readonly TraceInterval[];
}

/** The contents of pages, one element a page. */
export interface PageContents {
  /** Content class: 0 a zero page, 1 a content that occurs once, n ≥ 2 the content number n, which pages share. */
  readonly classes: Uint32Array;
  /** The page's size after LZ4, in units of 64 bytes: 0 to `MAX_COMPRESSED_UNITS`. */
  readonly compressedUnits: Uint8Array;
}

/** The pages that were written in one interval, ascending, and their content at its end; parallel arrays. */
export interface TraceInterval extends PageContents {
  readonly pages: Int32Array;
  /** The size of the page's XBZRLE delta against its content one interval earlier: see `deltaClassOf`. */
  readonly deltaClasses: Uint8Array;
  /** 1 where the page was stored to but its content is unchanged, which is exactly where the delta class is 0. */
  readonly silent: Uint8Array;
  /** The pages that were read in the interval, ascending. All intervals of a trace have this, or none. */
  readonly readPages?: Int32Array;
}

/** `measured`, or `estimated`: derived from something else that was measured, as `recording` says. */
export type Basis = 'measured' | 'estimated';

/** Which trace this is and how far it can be trusted. */
export interface TraceAbout {
  readonly name: string;
  /** What the guest was doing, in words. */
  readonly workload: string;
  /** How the trace was made, in words: machine, command line, sampling. */
  readonly recording: string;
  /** Versions of what took part, by name: QEMU, kernel, application. */
  readonly versions: Readonly<Record<string, string>>;
  /** How the guest's seconds relate to those of a machine that one would migrate, in words. */
  readonly timeScale: string;
  readonly basis: {
    /** Measured if every store was seen; comparing contents only estimates them, because it misses silent ones. */
    readonly writes: Basis;
    readonly contents: Basis;
    readonly compressedSizes: Basis;
    readonly deltaSizes: Basis;
  };
}

export const MAX_COMPRESSED_UNITS = 64;

/**
 * The largest trace that is read or written; beyond that a file is taken to be damaged. Assumption: 16 GiB of guest,
 * 65,536 intervals (almost two hours at 100 ms) and 16,777,216 page numbers are more than anybody will record: the
 * busiest minute that was measured has under 1.5 million.
 */
export const MAX_PAGES = 2 ** 22;
export const MAX_INTERVALS = 2 ** 16;
export const MAX_PAGE_NUMBERS = 2 ** 24;
