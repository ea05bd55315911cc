import type { Trace } from '../../engine/trace/trace';

/** What is typical of a trace: shown after recording, kept in `docs/traces.md`, and checked by the tests. */
export interface TraceStatistics {
  readonly seconds: number;
  /** Pages changed in an interval. */
  readonly dirtyMedian: number;
  readonly dirtyP90: number;
  /** Share of the guest's pages that are zero at the start. */
  readonly zeroShare: number;
  /** Mean size of a changed page after LZ4, as a share of the page. */
  readonly compressedShare: number;
  /** Share of changed pages whose XBZRLE delta is larger than a page. */
  readonly overflowShare: number;
}

export function statisticsOf({ pageCount, intervalSeconds, start, intervals }: Trace): TraceStatistics {
  const counts = intervals.map(({ pages }) => pages.length).sort((a, b) => a - b);
  const units = intervals.flatMap(({ compressedUnits }) => [...compressedUnits]);
  const deltas = intervals.flatMap(({ deltaClasses }) => [...deltaClasses]);
  return {
    seconds: Math.round(intervals.length * intervalSeconds * 1000) / 1000,
    dirtyMedian: quantile(counts, 0.5),
    dirtyP90: quantile(counts, 0.9),
    zeroShare: share(start.classes, (contentClass) => contentClass === 0, pageCount),
    compressedShare: units.length === 0 ? 0 : units.reduce((sum, each) => sum + each, 0) / 64 / units.length,
    overflowShare: share(deltas, (deltaClass) => deltaClass === 15, deltas.length),
  };
}

/**
 * Share of this guest's pages that are not zero at the start whose content is at the start of one of the others, too.
 * Meaningful only for traces that were recorded together.
 */
export function sharedShare(trace: Trace, others: readonly Trace[]): number {
  const elsewhere = new Set(others.flatMap(({ start }) => [...start.classes].filter((contentClass) => contentClass > 1)));
  const pages = trace.start.classes.filter((contentClass) => contentClass !== 0);
  return share(pages, (contentClass) => elsewhere.has(contentClass), pages.length);
}

/** Share of the pages of all guests that are not zero at the start that nobody would miss if each content were kept once. */
export function savingShare(traces: readonly Trace[]): number {
  const pages = traces.flatMap(({ start }) => [...start.classes].filter((contentClass) => contentClass !== 0));
  const shared = pages.filter((contentClass) => contentClass > 1);
  return pages.length === 0 ? 0 : (shared.length - new Set(shared).size) / pages.length;
}

/** `sorted` is ascending. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(Math.floor(part * sorted.length), sorted.length - 1)] ?? 0;
}

function share(values: ArrayLike<number>, is: (value: number) => boolean, of: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (is(values[i]!)) count++;
  return of === 0 ? 0 : count / of;
}
