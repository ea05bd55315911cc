import type { Report } from '../engine/report';
import type { LabelledReport } from './question';

/** The technique whose metric is the lowest or the highest by a clear margin; undefined if it is too close to call. */
export function techniqueWith(
  which: 'lowest' | 'highest',
  metric: (report: Report) => number,
  reports: readonly LabelledReport[],
): string | undefined {
  const sign = which === 'lowest' ? 1 : -1;
  const sorted = reports.map(({ report }) => report).sort((a, b) => sign * (metric(a) - metric(b)));
  const [best, next] = sorted;
  if (!best) return undefined;
  return !next || differ(metric(best), metric(next)) ? best.technique : undefined;
}

/** The report of the run at a point of the sweep, such as `downtimeLimit 30 ms`, or of a technique, by its label. */
export function reportOf(reports: readonly LabelledReport[], ...parts: string[]): Report | undefined {
  return reports.find(({ label }) => {
    const words = label.split(', ');
    return parts.every((part) => words.includes(part));
  })?.report;
}

/** By more than two percent: less is not worth an opinion. */
export function differ(a: number, b: number): boolean {
  return Math.abs(a - b) > 0.02 * Math.max(Math.abs(a), Math.abs(b));
}
