import { comparisonPanels, sweepPanels, worldsOf } from '../charts/metrics';
import { drawComparison } from '../charts/comparison-chart';
import { drawSweep } from '../charts/sweep-chart';
import { drawTimeline, type Course, type TimelinePanel } from '../charts/timeline-charts';
import { timelineModel, timelineTable } from '../charts/timeline';
import type { ReportOutput, RunDetails, ShownRun } from '../../src/protocol/outputs';
import { bytes, capital, count, seconds, share } from '../../src/protocol/quantities';
import { samplingOf } from '../../src/protocol/timeline-words';
import { capitalWorld, nameInWorld } from '../../src/protocol/world-words';
import { element } from './dom';
import { icon } from './icons';
import { legend, lineKey, worldKey } from './legend';
import { tableToggle } from './table';
import { Charts, type View } from './view';
import { queryMigrate, worldsSection } from './worlds-view';

let outputs = 0;

/** An experiment's result: what it shows in one sentence, the figures, the charts, and a table behind each. */
export function reportView(output: ReportOutput): View {
  const charts = new Charts();
  const { overview, runs, sweep } = output;
  const node = element('article', { class: 'report' }, element('p', { class: 'finding' }, overview.finding));
  if (sweep.length > 0) node.append(sweepSection(output, charts));
  else if (runs.length > 1) node.append(comparisonSection(output, charts));
  else if (runs[0]) node.append(figures(runs[0]));
  node.append(...worldsSection(output), tableToggle('Figures as a table', overview.table), ...partsOf(output));
  node.append(...queryMigrate(output), ...brokenRules(runs));
  const detailed = runs.filter(isDetailed);
  if (detailed.length > 0) node.append(overTime(detailed, charts));
  return { node, dispose: () => charts.dispose() };
}

/** Where each figure comes from: the table that explains a report. */
function partsOf({ parts }: ReportOutput): HTMLElement[] {
  if (!parts || parts.table.rows.length === 0) return [];
  return [element('p', { class: 'lesser' }, parts.finding), tableToggle('Where each figure comes from', parts.table)];
}

/** Draws the charts once the output is in the page. */
function drawn(charts: Charts, section: HTMLElement): HTMLElement {
  requestAnimationFrame(() => charts.drawNew());
  return section;
}

function figures(run: ShownRun): HTMLElement {
  const entries: [string, string][] = [
    ['Downtime', seconds(run.downtimeSeconds)],
    ['Total time', seconds(run.totalSeconds)],
    ['Pages sent', count(run.pagesSent)],
    ['Data sent', bytes(run.transferredBytes)],
    ['Network faults', count(run.networkFaults)],
  ];
  const tiles = entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('dl', { class: 'figures' }, ...tiles);
}

function comparisonSection({ runs }: ReportOutput, charts: Charts): HTMLElement {
  const mixed = worldsOf(runs).length > 1;
  const labels = new Set(runs.map((run) => run.label));
  const height = 30 + (mixed ? 42 : 26) * labels.size;
  const panels = comparisonPanels(runs).map((panel) =>
    figure(
      panel.metric.title,
      panel.log,
      charts.add(panel.finding, height, (canvas, theme) => drawComparison(canvas, theme, panel)),
    ),
  );
  const key = mixed ? [worldKey('bars')] : [];
  return drawn(charts, element('section', {}, ...key, element('div', { class: 'panels' }, ...panels)));
}

function sweepSection(output: ReportOutput, charts: Charts): HTMLElement {
  const sweep = sweepPanels(output);
  const panels = sweep.panels.map((panel) =>
    figure(
      panel.metric.title,
      panel.log,
      charts.add(panel.finding, 220, (canvas, theme) => drawSweep(canvas, theme, sweep, panel)),
    ),
  );
  return drawn(charts, element('section', {}, legend(sweep.panels[0]?.lines ?? []), element('div', { class: 'panels' }, ...panels)));
}

function figure(title: string, log: boolean, chart: HTMLElement): HTMLElement {
  const note = log ? [element('span', { class: 'note' }, ' logarithmic scale')] : [];
  return element('figure', {}, element('figcaption', {}, title, ...note), chart);
}

type Detailed = ShownRun & RunDetails;

function isDetailed(run: ShownRun): run is Detailed {
  return (
    run.timeline !== undefined && run.rounds !== undefined && run.throughput !== undefined && run.downtime !== undefined
  );
}

/** One migration over time, in both worlds if it was made in both; of several, the reader chooses which. */
function overTime(runs: readonly Detailed[], charts: Charts): HTMLElement {
  const section = element('section', { class: 'over-time' });
  const labels = [...new Set(runs.map((run) => run.label))];
  const show = (label: string) => {
    const old = section.querySelector('.run');
    if (old) charts.remove(old);
    const [first, second] = runs.filter((run) => run.label === label) as [Detailed, Detailed?];
    const next = second ? worldsOverTime([first, second], charts) : runOverTime(first, charts);
    if (old) old.replaceWith(next);
    else section.append(next);
    drawn(charts, section);
  };
  if (labels.length > 1) section.append(chooser(labels, show));
  else section.append(element('h3', {}, 'Over time'));
  show(labels[0]!);
  return section;
}

/** Native radio buttons: arrow keys, names and states come with them. */
function chooser(labels: readonly string[], show: (label: string) => void): HTMLElement {
  const name = `run-${outputs++}`;
  const choices = labels.map((label, i) => {
    const input = element('input', { type: 'radio', name, value: String(i), ...(i === 0 && { checked: '' }) });
    input.addEventListener('change', () => show(label));
    return element('label', {}, input, element('span', {}, label));
  });
  return element('fieldset', { class: 'chooser' }, element('legend', {}, 'Over time'), ...choices);
}

function timePanel(
  charts: Charts,
  courses: readonly Course[],
  which: TimelinePanel,
  title: string,
  finding: string,
  height: number,
  key?: HTMLElement,
): HTMLElement {
  return element(
    'figure',
    { class: 'time' },
    element('figcaption', {}, title, ...(key ? [key] : [])),
    charts.add(finding, height, (canvas, theme) => drawTimeline(canvas, theme, courses, which)),
  );
}

function runOverTime(run: Detailed, charts: Charts): HTMLElement {
  const model = timelineModel(run);
  const courses = [{ model }];
  const lowest = Math.min(...model.throughput.map((point) => point.y));
  const [sent, dirtied] = [peak(model.sent), peak(model.dirtied)].map(count);
  const rates = `${capital(run.technique)} sends up to ${sent} pages per second; the guest dirties up to ${dirtied}.`;
  const work = lineKey([
    { name: 'brownout: what the guest gets done less', kind: 'brownout', color: 1 },
    ...(model.pause
      ? [
          {
            name: `blackout: ${seconds(model.pause.to - model.pause.from)} standing still`,
            kind: 'pause' as const,
            color: 4,
          },
        ]
      : []),
  ]);
  const rateKey = lineKey([
    { name: 'sent', kind: 'solid', color: 0 },
    { name: 'dirtied', kind: 'dashed', color: 1 },
  ]);
  const worst = `${run.throughput.finding} At worst it does ${share(lowest)}.`;
  return element(
    'div',
    { class: 'run' },
    element('p', { class: 'lesser finding' }, run.rounds.finding),
    timePanel(charts, courses, 'remaining', MISSING, run.rounds.finding, 132),
    timePanel(charts, courses, 'rates', 'Pages per second', rates, 110, rateKey),
    timePanel(charts, courses, 'throughput', WORK, worst, 124, work),
    element('p', { class: 'lesser finding' }, run.throughput.finding),
    element('p', { class: 'lesser' }, 'Downtime: ', run.downtime.finding),
    element('p', { class: 'lesser' }, samplingOf(run.timeline)),
    tableToggle('Charts as tables', run.rounds.table, timelineTable(run), run.throughput.table, run.downtime.table),
  );
}

const MISSING = 'Pages missing or stale at the destination';
const WORK = 'Work of the guest';

/** The same migration in both worlds: what the one says, and what was measured in the other, in the same charts. */
function worldsOverTime(runs: readonly [Detailed, Detailed], charts: Charts): HTMLElement {
  const courses = runs.map((run) => ({ world: run.world ?? ('simulator' as const), run, model: timelineModel(run) }));
  const both = (say: (course: (typeof courses)[number]) => string) =>
    courses.map((course) => `${capitalWorld(course.world)}: ${say(course)}`).join(' ');
  const rate = (name: string, points: (model: Course['model']) => readonly { y: number }[]) =>
    `${name} per second: ${both(({ model }) => `up to ${count(peak(points(model)))}.`)}`;
  const rounds = both(({ run }) => run.rounds.finding);
  const work = both(({ run }) => run.throughput.finding);
  return element(
    'div',
    { class: 'run' },
    worldKey('lines'),
    timePanel(charts, courses, 'remaining', MISSING, rounds, 150),
    timePanel(charts, courses, 'sent', 'Pages sent per second', rate('Pages sent', (model) => model.sent), 110),
    timePanel(charts, courses, 'dirtied', 'Pages dirtied per second', rate('Pages dirtied', (model) => model.dirtied), 110),
    timePanel(charts, courses, 'throughput', WORK, work, 124),
    ...courses.flatMap(({ world, run }) => [
      element('p', { class: 'lesser finding' }, `${capitalWorld(world)}: ${run.rounds.finding} ${run.throughput.finding}`),
      element('p', { class: 'lesser' }, 'Downtime: ', run.downtime.finding),
      element('p', { class: 'lesser' }, samplingOf(run.timeline)),
    ]),
    tableToggle(
      'Charts as tables',
      ...courses.flatMap(({ world, run }) =>
        [run.rounds.table, timelineTable(run), run.throughput.table, run.downtime.table].map((one) => ({
          ...one,
          caption: nameInWorld(one.caption, world),
        })),
      ),
    ),
  );
}

function peak(points: readonly { y: number }[]): number {
  return Math.max(0, ...points.map((point) => point.y));
}

function brokenRules(runs: readonly ShownRun[]): HTMLElement[] {
  return runs.flatMap((run) =>
    run.violations.map((v) =>
      element(
        'div',
        { class: 'rule' },
        icon('fail'),
        element('strong', {}, `${capital(run.label)}: `),
        `${v.message} ${v.because ?? ''} `,
        element(
          'span',
          { class: 'note' },
          `${seconds(v.seconds)} after the start${v.line === undefined ? '' : `, line ${v.line}`}`,
        ),
      ),
    ),
  );
}
