import type { Finding, Report } from '../../engine/report';
import type { World } from '../experiment/experiment';
import { bytes, capital, count, list, plural, seconds, share, times } from '../../protocol/quantities';

/** One run of an experiment as the sandbox reports it, or as it was measured on a real machine. */
export interface RunReport {
  report: Report;
  label: string;
  /** The values of the swept keys. */
  point: Record<string, string>;
  /** Left out: the simulator. */
  world?: World;
  /** Sentences: what of the experiment a real machine did otherwise, or not at all. */
  remarks?: readonly string[];
  /** What a real machine says of the migration itself: QEMU's answer to `query-migrate`. */
  queryMigrate?: object;
}

/** The sentence that says what a chart or a table shows: the chart's accessible name, and the first thing to read. */

/** One migration. */
export function runFinding(report: Report): string {
  const name = capital(report.technique);
  const trouble = troubleOf(report);
  const { pagesSent, guestPages, residualPages } = report;
  const repeats = pagesSent > guestPages * 1.005 ? `, ${times(pagesSent / guestPages)} times the guest's memory` : '';
  const figures =
    `${name} stops the guest for ${seconds(report.downtimeSeconds, 2)} ` +
    `and takes ${seconds(report.totalSeconds, 2)} in all; ` +
    `it sends ${bytes(report.transferredBytes, 2)}${repeats}.`;
  if (trouble) return `${name} ${trouble}.`;
  return residualPages > 0 ? `${figures} ${leftBehind(report)}` : figures;
}

/** Several techniques in the same setting, the shortest downtime first. */
export function comparisonFinding(reports: readonly Report[]): string {
  const done = reports.filter((r) => troubleOf(r) === undefined).sort((a, b) => a.downtimeSeconds - b.downtimeSeconds);
  const groups = new Map<string, string[]>();
  for (const { technique, downtimeSeconds } of done) {
    const text = seconds(downtimeSeconds, 2);
    groups.set(text, [...(groups.get(text) ?? []), technique]);
  }
  const parts = [...groups].map(([downtime, names], i) => {
    const verb = names.length === 1 ? 'stops' : 'stop';
    return i === 0 ? `${capital(list(names))} ${verb} the guest for ${downtime}` : `${list(names)} for ${downtime}`;
  });
  const troubled = reports
    .filter((r) => troubleOf(r) !== undefined)
    .map((r) => `${capital(r.technique)} ${troubleOf(r)}.`);
  const left = done.filter((r) => r.residualPages > 0).map(leftBehind);
  return [...(parts.length > 0 ? [`${list(parts)}.`] : []), ...left, ...troubled].join(' ');
}

/** A sweep: what becomes of each technique's downtime. */
export function sweepFinding(runs: readonly RunReport[]): string {
  const names = [...new Set(runs.map((run) => run.report.technique))];
  return names
    .map((name) =>
      sweepSentence(
        name,
        runs.filter((run) => run.report.technique === name),
      ),
    )
    .join(' ');
}

function sweepSentence(name: string, runs: readonly RunReport[]): string {
  const ordered = [...runs].sort((a, b) => a.report.downtimeSeconds - b.report.downtimeSeconds);
  const [least, most] = [ordered[0]!, ordered.at(-1)!];
  const text = ({ report }: RunReport) => seconds(report.downtimeSeconds, 2);
  const placed = (run: RunReport) => `${text(run)} (${pointText(run)})`;
  const subject = `The downtime of ${name}`;
  if (most.report.downtimeSeconds <= least.report.downtimeSeconds * 1.1) return `${subject} stays at ${text(least)}.`;
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === least && last === most) return `${subject} grows from ${placed(least)} to ${placed(most)}.`;
  if (first === most && last === least) return `${subject} falls from ${placed(most)} to ${placed(least)}.`;
  return `${subject} lies between ${placed(least)} and ${placed(most)}.`;
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
  const first = `${name} sends ${plural(rounds[0]!.pages, 'page')} in its first round`;
  if (finalPages === 0) {
    return rounds.length === 1
      ? `${first}, and none while the guest is paused.`
      : `${first} and none while the guest is paused, after ${rounds.length} rounds.`;
  }
  const after = rounds.length === 1 ? '' : ` after ${rounds.length} rounds`;
  const limit = report.converged
    ? ''
    : `, more than fits the downtime limit of ${seconds(report.downtimeLimitSeconds, 2)}`;
  const left = `${plural(finalPages, 'page')} ${finalPages === 1 ? 'is' : 'are'} left`;
  return `${first}; ${left} for the pause${after}${limit}.`;
}

/** What the guest got done meanwhile. */
export function throughputFinding(report: Report): string {
  const { during } = report.throughput;
  const still = `stands still for ${seconds(report.downtimeSeconds, 2)}`;
  return `Under ${report.technique} the guest ${still} and does ${share(during)} of its usual work meanwhile.`;
}

function leftBehind({ technique, residualPages }: Report): string {
  return `${capital(technique)} still needs ${plural(residualPages, 'page')} of the source.`;
}

/** The point of the sweep: `guest.writes 64 MiB/s, seed 1`; empty if there is none. */
export function pointText(run: RunReport): string {
  return Object.entries(run.point)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** The rules of live migration that it broke. To go on for ever is none of them: QEMU does, with a guest that writes too fast. */
export function brokenRules({ violations }: Pick<Report, 'violations'>): Finding[] {
  return violations.filter(({ kind }) => kind !== 'endless');
}

/** Did it go on for ever, and do nothing else wrong? */
export function isEndless(report: Pick<Report, 'violations'>): boolean {
  return report.violations.length > 0 && brokenRules(report).length === 0;
}

/** What kept a migration from its end, if something did. */
export function troubleOf(report: Report): string | undefined {
  if (report.broken) {
    const { outcome, message } = report.broken;
    return `${outcome === 'lost' ? 'loses its guest' : 'fails'}: ${message.replace(/\.$/, '')}`;
  }
  if (report.aborted !== undefined) return `gave up: ${report.aborted.replace(/\.$/, '')}`;
  const [first] = brokenRules(report);
  if (first) return `broke a rule: ${first.message.replace(/\.$/, '')}`;
  if (isEndless(report)) return `did not end: ${report.violations[0]!.message.replace(/\.$/, '')}`;
  return undefined;
}
