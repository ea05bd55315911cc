import type { Report } from '../../engine/report';
import { bytes, capital, count, list, plural, seconds, share } from './quantities';

/** One run of an experiment as the sandbox reports it. */
export interface RunReport {
  report: Report;
  label: string;
  /** The values of the swept keys. */
  point: Record<string, string>;
}

/** The sentence that says what a chart or a table shows: the chart's accessible name, and the first thing to read. */

/** One migration. */
export function runFinding(report: Report): string {
  const name = capital(report.technique);
  const trouble = troubleOf(report);
  if (trouble) return `${name} ${trouble}.`;
  const memory = report.guestPages > 0 ? report.pagesSent / report.guestPages : 0;
  const repeats = memory > 1.005 ? `, ${memory.toFixed(2)} times the guest's memory` : '';
  return (
    `${name} stops the guest for ${seconds(report.downtimeSeconds, 2)} and takes ${seconds(report.totalSeconds, 2)} in all; ` +
    `it sends ${bytes(report.transferredBytes, 2)}${repeats}.`
  );
}

/** Several techniques in the same setting, the shortest downtime first. */
export function comparisonFinding(reports: readonly Report[]): string {
  const done = reports.filter((r) => troubleOf(r) === undefined).sort((a, b) => a.downtimeSeconds - b.downtimeSeconds);
  const troubled = reports.filter((r) => troubleOf(r) !== undefined).map((r) => `${capital(r.technique)} ${troubleOf(r)}.`);
  const parts = done.map((r, i) =>
    i === 0 ? `${capital(r.technique)} stops the guest for ${seconds(r.downtimeSeconds, 2)}` : `${r.technique} for ${seconds(r.downtimeSeconds, 2)}`,
  );
  return [...(parts.length ? [`${list(parts)}.`] : []), ...troubled].join(' ');
}

/** A sweep: how each technique's downtime changes from the first to the last point. */
export function sweepFinding(runs: readonly RunReport[]): string {
  const names = [...new Set(runs.map((run) => run.report.technique))];
  const sentences = names.map((name) => {
    const own = runs.filter((run) => run.report.technique === name);
    const [first, last] = [own[0]!, own.at(-1)!];
    const [from, to] = [first.report.downtimeSeconds, last.report.downtimeSeconds];
    const ratio = Math.max(from, to) / Math.min(from, to);
    if (own.length === 1) return `The downtime of ${name} is ${seconds(from, 2)}.`;
    const path = own.map((run) => run.report.downtimeSeconds);
    const between = path.some((value) => value > Math.max(from, to) * 1.1 || value < Math.min(from, to) * 0.9);
    const detour = between ? `, between ${seconds(Math.min(...path), 2)} and ${seconds(Math.max(...path), 2)} on the way` : '';
    if (ratio < 1.1 || from === to) return `The downtime of ${name} ends as it began, at ${seconds(to, 2)}${detour}.`;
    const verb = to > from ? 'grows' : 'falls';
    return `The downtime of ${name} ${verb} from ${seconds(from, 2)} (${pointText(first)}) to ${seconds(to, 2)} (${pointText(last)})${detour}.`;
  });
  return sentences.join(' ');
}

/** The live rounds of a migration. */
export function roundsFinding(report: Report): string {
  const { rounds, finalPages } = report;
  const name = capital(report.technique);
  if (rounds.length === 0) {
    return finalPages > 0
      ? `${name} has no live round: all ${count(finalPages)} pages are sent while the guest is paused.`
      : `${name} has no live round: the pages follow after the hand-over.`;
  }
  const first = rounds[0]!;
  const live = `${name} sends ${plural(first.pages, 'page')} in its first round`;
  if (rounds.length === 1) return `${live}, then ${plural(finalPages, 'page')} while the guest is paused.`;
  const shrinking = finalPages < first.pages / 10;
  const end = `${plural(finalPages, 'page')} ${shrinking ? 'are' : 'still are'} left for the pause after ${count(rounds.length)} rounds`;
  return `${live}; ${end}${report.converged ? '' : ', more than the downtime limit allows'}.`;
}

/** What the guest got done meanwhile. */
export function throughputFinding(report: Report): string {
  const { during } = report.throughput;
  return `Under ${report.technique} the guest stands still for ${seconds(report.downtimeSeconds, 2)} and does ${share(during)} of its usual work during the migration.`;
}

function pointText(run: RunReport): string {
  return Object.entries(run.point)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** What kept a migration from its end, if something did. */
function troubleOf(report: Report): string | undefined {
  if (report.aborted !== undefined) return `gave up: ${report.aborted.replace(/\.$/, '')}`;
  const [first] = report.violations;
  if (first) return `broke a rule: ${first.message.replace(/\.$/, '')}`;
  return undefined;
}
