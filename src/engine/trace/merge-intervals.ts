import type { Trace, TraceInterval } from './trace';

/**
 * The same trace in coarser steps: every `count` intervals become one. It writes the pages that any of them wrote, with
 * the content that the last one left, and the largest of their delta classes; it reads the pages that any of them read.
 * Intervals at the end that do not make up a whole step are left out, because a step claims `count` intervals of time.
 *
 * The largest step stands for the delta over all of them: within about 3 % of the mean that was measured directly,
 * where the sum is 7 to 25 % too much (the project's measurements: `docs/trace-format.md`).
 *
 * Throws a RangeError if `count` is no whole number from 1.
 */
export function mergeIntervals(trace: Trace, count: number): Trace {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`A step is a whole number of intervals, at least 1; not ${count}.`);
  }
  const merge = merger(trace.pageCount);
  const intervals: TraceInterval[] = [];
  for (let from = 0; from + count <= trace.intervals.length; from += count) {
    intervals.push(merge(trace.intervals.slice(from, from + count)));
  }
  return { ...trace, intervalSeconds: trace.intervalSeconds * count, intervals };
}

/** Merges one step. What it keeps for every page of the guest is made once, and clean again after each step. */
function merger(pageCount: number): (steps: readonly TraceInterval[]) => TraceInterval {
  const seen = new Uint8Array(pageCount);
  const classOf = new Uint32Array(pageCount);
  const unitsOf = new Uint8Array(pageCount);
  const deltaOf = new Uint8Array(pageCount);

  const union = (sets: readonly Int32Array[]): Int32Array => {
    const all: number[] = [];
    for (const set of sets) {
      for (const page of set) {
        if (seen[page] === 0) all.push(page);
        seen[page] = 1;
      }
    }
    for (const page of all) seen[page] = 0;
    return Int32Array.from(all).sort();
  };

  return (steps) => {
    const pages = union(steps.map((step) => step.pages));
    for (const page of pages) deltaOf[page] = 0;
    for (const step of steps) {
      step.pages.forEach((page, k) => {
        classOf[page] = step.classes[k]!;
        unitsOf[page] = step.compressedUnits[k]!;
        deltaOf[page] = Math.max(deltaOf[page]!, step.deltaClasses[k]!);
      });
    }
    const deltaClasses = Uint8Array.from(pages, (page) => deltaOf[page]!);
    const reads = steps.flatMap(({ readPages }) => (readPages ? [readPages] : []));
    return {
      pages,
      classes: Uint32Array.from(pages, (page) => classOf[page]!),
      compressedUnits: Uint8Array.from(pages, (page) => unitsOf[page]!),
      deltaClasses,
      silent: deltaClasses.map((deltaClass) => (deltaClass === 0 ? 1 : 0)),
      ...(reads.length > 0 ? { readPages: union(reads) } : {}),
    };
  };
}
