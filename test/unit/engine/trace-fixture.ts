import { Random } from '../../../src/engine/guest/random';
import type { PageContents, Trace, TraceAbout, TraceInterval } from '../../../src/engine/trace/trace';

export const about: TraceAbout = {
  name: 'synthetic',
  workload: 'none: made up for tests',
  recording: 'A seeded generator, shaped like what was measured for redis.',
  versions: { generator: '1' },
  timeScale: 'none',
  basis: { writes: 'estimated', contents: 'estimated', compressedSizes: 'estimated', deltaSizes: 'estimated' },
};

export interface SyntheticTrace {
  readonly pageCount?: number;
  readonly intervals?: number;
  readonly intervalSeconds?: number;
  /** Pages written in an interval, about. */
  readonly writes?: number;
  /** Pages read in an interval, about; undefined if reads are not recorded. */
  readonly reads?: number;
  readonly seed?: number;
}

/**
 * A made-up trace with the structure that was measured on real guests: short runs of pages, most of an interval's pages
 * written in the one before as well, deltas either tiny or nearly a page, sizes that stay about the same, some silent
 * stores, and two pages in three zero at the start. The same arguments give the same trace.
 */
export function syntheticTrace({
  pageCount = 65_536,
  intervals = 100,
  intervalSeconds = 0.1,
  writes = 1600,
  reads,
  seed = 1,
}: SyntheticTrace = {}): Trace {
  const random = new Random(seed, 0);
  const chance = (probability: number) => random.next() < probability * 2 ** 32;
  const start: PageContents = { classes: new Uint32Array(pageCount), compressedUnits: new Uint8Array(pageCount) };
  for (let page = 0; page < pageCount; page++) {
    const zero = chance(0.68);
    start.classes[page] = zero ? 0 : chance(0.8) ? 1 : 2 + random.below(2000);
    start.compressedUnits[page] = zero ? 1 : 4 + random.below(50);
  }
  const sizes = start.compressedUnits.slice();

  /** Two in three pages of the previous interval, and new short runs up to the wanted number. */
  const touched = (before: Int32Array, wanted: number): Int32Array => {
    const pages = new Set([...before].filter(() => chance(0.67)));
    const most = Math.min(wanted, pageCount);
    while (pages.size < most) {
      const first = random.below(pageCount);
      for (let page = first; page < pageCount && pages.size < most && (page === first || chance(0.6)); page++) {
        pages.add(page);
      }
    }
    return Int32Array.from(pages).sort();
  };

  const written = (page: number) => {
    const deltaClass = chance(0.2) ? 0 : chance(0.85) ? 3 + random.below(4) : 13 + random.below(3);
    if (deltaClass > 12 || chance(0.1)) sizes[page] = Math.min(64, Math.max(1, sizes[page]! + random.below(9) - 4));
    return { deltaClass, units: sizes[page]!, contentClass: chance(0.05) ? 2 + random.below(2000) : 1 };
  };

  let pages: Int32Array = new Int32Array(0);
  let readPages: Int32Array = new Int32Array(0);
  const made = Array.from({ length: intervals }, (): TraceInterval => {
    pages = touched(pages, Math.round(writes * (0.8 + random.below(41) / 100)));
    const contents = Array.from(pages, written);
    const interval = {
      pages,
      classes: Uint32Array.from(contents, ({ contentClass }) => contentClass),
      compressedUnits: Uint8Array.from(contents, ({ units }) => units),
      deltaClasses: Uint8Array.from(contents, ({ deltaClass }) => deltaClass),
      silent: Uint8Array.from(contents, ({ deltaClass }) => (deltaClass === 0 ? 1 : 0)),
    };
    if (reads === undefined) return interval;
    readPages = touched(readPages, reads);
    return { ...interval, readPages };
  });
  return { pageCount, intervalSeconds, about, start, intervals: made };
}
