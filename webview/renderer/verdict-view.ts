import type { VerdictOutput } from '../../src/protocol/outputs';
import { count, points, seconds } from '../../src/protocol/quantities';
import { OUTCOME_WORDS, placesOf, scoreOf } from '../../src/protocol/verdict-words';
import type { Feedback, Outcome, Where, WorkloadResult } from '../../src/lab/verdict';
import { element } from './dom';
import { icon, type IconName } from './icons';
import { prose, sentence } from './prose';
import type { View } from './view';

/** The icon only repeats what the words say. */
const ICONS: Record<Outcome, IconName> = {
  pass: 'pass',
  partial: 'partial',
  fail: 'fail',
  error: 'fail',
  limit: 'fail',
  infra: 'note',
};

/** A check's verdict: the outcome, what to do next, and how each workload went. */
export function verdictView({ verdict }: VerdictOutput): View {
  const { outcome, summary, feedback, workloads } = verdict;
  const score = scoreOf(verdict);
  const node = element(
    'article',
    { class: `verdict ${outcome}` },
    element(
      'header',
      {},
      icon(ICONS[outcome]),
      element(
        'div',
        {},
        element('p', { class: 'finding' }, ...sentence(summary)),
        ...(score ? [element('span', { class: 'score' }, score)] : []),
      ),
    ),
  );
  if (feedback) node.append(feedbackList(feedback));
  if (workloads.length > 0) node.append(workloadList(workloads));
  node.append(element('p', { class: 'lesser' }, `${verdict.file}, seed ${verdict.seed}`));
  return { node, dispose: () => undefined };
}

/** The five parts, each with its heading. What to try next stands out, because it is what the reader does next. */
function feedbackList(feedback: Feedback): HTMLElement {
  const part = (title: string, className: string, ...content: (HTMLElement | string)[]) =>
    content.length === 0
      ? []
      : [element('div', { class: className }, element('dt', {}, title), element('dd', {}, ...content))];
  return element(
    'dl',
    { class: 'feedback' },
    ...part('Expected', 'expected', ...text(feedback.expected)),
    ...part('What happened', 'happened', ...text(feedback.happened)),
    ...part('Where', 'where', ...places(feedback.where)),
    ...part('Why it matters', 'why', ...text(feedback.why)),
    ...part('What to try next', 'next', ...text(feedback.next)),
  );
}

function text(markdown: string): HTMLElement[] {
  return markdown === '' ? [] : prose(markdown);
}

function places(where: Where): HTMLElement[] {
  const chips = placesOf(where);
  return chips.length === 0
    ? []
    : [element('ul', { class: 'places' }, ...chips.map((chip) => element('li', {}, chip)))];
}

function workloadList(workloads: readonly WorkloadResult[]): HTMLElement {
  const withFigures = workloads.some((w) => w.figures);
  const withPoints = workloads.some((w) => w.maxMilliPoints > 0);
  const titles = [
    'Workload',
    'Outcome',
    ...(withPoints ? ['Points'] : []),
    ...(withFigures ? ['Downtime', 'Total time', 'Pages sent', 'Network faults'] : []),
  ];
  const head = titles.map((title, i) => element('th', { scope: 'col', class: i > 1 ? 'number' : undefined }, title));
  const rows = workloads.map(({ name, outcome, milliPoints, maxMilliPoints, figures }) => {
    const numbers = [
      ...(withPoints ? [`${points(milliPoints)} of ${points(maxMilliPoints)}`] : []),
      ...(withFigures
        ? figures
          ? [
              seconds(figures.downtimeSeconds),
              seconds(figures.totalSeconds),
              count(figures.pagesSent),
              count(figures.networkFaults),
            ]
          : ['', '', '', '']
        : []),
    ];
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      element('td', {}, icon(ICONS[outcome]), OUTCOME_WORDS[outcome]),
      ...numbers.map((value) => element('td', { class: 'number' }, value)),
    );
  });
  const table = element(
    'table',
    {},
    element('caption', {}, 'Workloads'),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
  return element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Workloads' }, table);
}
