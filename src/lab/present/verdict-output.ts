import type { Feedback, Verdict, Where, WorkloadResult } from '../verdict';
import { count, plural, points, seconds } from '../../protocol/quantities';
import { escapeProse, tableMarkdown, tableOf, tableText, type Column } from './table';

/** A verdict in Markdown: for notebooks read elsewhere, and for the page behind "Details". */
export function verdictMarkdown(verdict: Verdict): string {
  const feedback = verdict.feedback ? [feedbackMarkdown(verdict.feedback)] : [];
  const table = verdict.workloads.length > 0 ? [tableMarkdown(workloadTable(verdict.workloads))] : [];
  return [`**${escapeProse(verdict.summary)}** ${pointsText(verdict)}`, ...feedback, ...table].join('\n\n');
}

export function verdictText(verdict: Verdict): string {
  const parts = verdict.feedback
    ? [
        feedbackParts(verdict.feedback)
          .map(([title, text]) => `${title}: ${text}`)
          .join('\n'),
      ]
    : [];
  const table = verdict.workloads.length > 0 ? [tableText(workloadTable(verdict.workloads))] : [];
  return [`${verdict.summary} ${pointsText(verdict)}`, ...parts, ...table].join('\n\n').replaceAll('\u00a0', ' ');
}

/** The five parts of the feedback, each with its heading; parts that are empty are left out. */
export function feedbackParts(feedback: Feedback): [title: string, text: string][] {
  const parts: [string, string][] = [
    ['Expected', feedback.expected],
    ['What happened', feedback.happened],
    ['Where', whereText(feedback.where)],
    ['Why it matters', feedback.why],
    ['What to try next', feedback.next],
  ];
  return parts.filter(([, text]) => text !== '');
}

/** `line 12, column 3; 1.25 s after the start; page 0x1a4; smallest guest: 3 pages`. */
export function whereText(where: Where): string {
  const { line, column, seconds: time, page, smallest } = where;
  const parts = [
    line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}`,
    time === undefined ? '' : `${seconds(time)} after the start`,
    page === undefined ? '' : `page 0x${page.toString(16)}`,
    smallest === undefined
      ? ''
      : `smallest guest that shows it: ${plural(smallest.pages, 'page')}, ${count(smallest.writesPerSecond)} writes/s`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** The figures are shown for those workloads that have some. */
export function workloadTable(workloads: readonly WorkloadResult[]) {
  const figure = (title: string, cell: (figures: Figures) => string): Column<WorkloadResult> => ({
    title,
    numeric: true,
    cell: ({ figures }) => (figures ? cell(figures) : ''),
  });
  const columns: Column<WorkloadResult>[] = [
    { title: 'Workload', cell: (w) => w.name },
    { title: 'Outcome', cell: (w) => w.outcome },
    { title: 'Points', numeric: true, cell: (w) => `${points(w.milliPoints)} of ${points(w.maxMilliPoints)}` },
    figure('Downtime', (f) => seconds(f.downtimeSeconds)),
    figure('Total time', (f) => seconds(f.totalSeconds)),
    figure('Pages sent', (f) => count(f.pagesSent)),
    figure('Network faults', (f) => count(f.networkFaults)),
  ];
  return tableOf('Workloads', workloads, columns);
}

type Figures = NonNullable<WorkloadResult['figures']>;

function feedbackMarkdown(feedback: Feedback): string {
  return feedbackParts(feedback)
    .map(([title, text]) => `- **${title}:** ${escapeProse(text)}`)
    .join('\n');
}

/** Our side's failures are never scored, so they show no points. */
export function pointsText(verdict: Verdict): string {
  if (verdict.outcome === 'infra') return '(not scored)';
  return `(${points(verdict.milliPoints)} of ${points(verdict.maxMilliPoints)} points)`;
}
