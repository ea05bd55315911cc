import { count, points, seconds } from '../../protocol/quantities';
import { OUTCOME_WORDS, placesOf, scoreOf } from '../../protocol/verdict-words';
import type { Feedback, Verdict, WorkloadResult } from '../verdict';
import { escapeProse, tableMarkdown, tableOf, tableText, type Column } from './table';

/** A verdict in Markdown: for notebooks read elsewhere, and for the page behind "Details". */
export function verdictMarkdown(verdict: Verdict): string {
  const feedback = verdict.feedback ? [feedbackMarkdown(verdict.feedback)] : [];
  const table = verdict.workloads.length > 0 ? [tableMarkdown(workloadTable(verdict.workloads))] : [];
  const headline = `**${escapeProse(verdict.summary)}** ${scoreText(verdict)}`.trim();
  return [headline, ...feedback, ...table].join('\n\n');
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
  const headline = `${verdict.summary} ${scoreText(verdict)}`.trim();
  return [headline, ...parts, ...table].join('\n\n').replaceAll('\u00a0', ' ');
}

/** The five parts of the feedback, each with its heading; parts that are empty are left out. */
function feedbackParts(feedback: Feedback): [title: string, text: string][] {
  const parts: [string, string][] = [
    ['Expected', feedback.expected],
    ['What happened', feedback.happened],
    ['Where', placesOf(feedback.where).join('; ')],
    ['Why it matters', feedback.why],
    ['What to try next', feedback.next],
  ];
  return parts.filter(([, text]) => text !== '');
}

/** The figures are shown for those workloads that have some, the points if there are any to be had. */
function workloadTable(workloads: readonly WorkloadResult[]) {
  const figure = (title: string, cell: (figures: Figures) => string): Column<WorkloadResult> => ({
    title,
    numeric: true,
    cell: ({ figures }) => (figures ? cell(figures) : ''),
  });
  const columns: Column<WorkloadResult>[] = [
    { title: 'Workload', cell: (w) => w.name },
    { title: 'Outcome', cell: (w) => OUTCOME_WORDS[w.outcome] },
    ...(workloads.some((w) => w.maxMilliPoints > 0) ? [pointsColumn] : []),
    figure('Downtime', (f) => seconds(f.downtimeSeconds)),
    figure('Total time', (f) => seconds(f.totalSeconds)),
    figure('Pages sent', (f) => count(f.pagesSent)),
    figure('Network faults', (f) => count(f.networkFaults)),
  ];
  return tableOf('Workloads', workloads, columns);
}

const pointsColumn: Column<WorkloadResult> = {
  title: 'Points',
  numeric: true,
  cell: (w) => `${points(w.milliPoints)} of ${points(w.maxMilliPoints)}`,
};

type Figures = NonNullable<WorkloadResult['figures']>;

function feedbackMarkdown(feedback: Feedback): string {
  return feedbackParts(feedback)
    .map(([title, text]) => `- **${title}:** ${escapeProse(text)}`)
    .join('\n');
}

/** In brackets, behind a summary. */
export function scoreText(verdict: Verdict): string {
  const score = scoreOf(verdict);
  return score && `(${score})`;
}
