import type { Trace } from '../../engine/trace/trace';
import { sharedShare, statisticsOf } from './statistics';

/** A row of the table in `docs/traces.md`: what is typical of a trace among those that were recorded with it. */
export function traceRow(trace: Trace, fileBytes: number, together: readonly Trace[]): string {
  const { seconds, dirtyMedian, dirtyP90, zeroShare, compressedShare, overflowShare } = statisticsOf(trace);
  const shared = sharedShare(trace, together.filter((other) => other !== trace));
  const shares = [zeroShare, compressedShare, overflowShare, shared].map(percent);
  const figures = [`${Math.round(fileBytes / 1024)} KiB`, `${seconds} s`, dirtyMedian, dirtyP90, ...shares];
  return `| \`${trace.about.name}\` | ${figures.join(' | ')} |`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
