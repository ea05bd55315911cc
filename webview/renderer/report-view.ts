import { comparisonPanels, sweepPanels } from '../charts/metrics';
import { drawComparison } from '../charts/comparison-chart';
import { drawSweep } from '../charts/sweep-chart';
import { drawTimeline, type TimelinePanel } from '../charts/timeline-charts';
import { timelineModel, timelineTable } from '../charts/timeline';
import type { ReportOutput, RunDetails, ShownRun } from '../../src/protocol/outputs';
import { bytes, capital, count, seconds, share } from '../../src/protocol/quantities';
import { samplingOf } from '../../src/protocol/timeline-words';
import { element } from './dom';
import { icon } from './icons';
import { legend, lineKey } from './legend';
import { tableToggle } from './table';
import { Charts, type View } from './view';

let outputs = 0;

/** An experiment's result: what it shows in one sentence, the figures, the charts, and a table behind each. */
export function reportView(output: ReportOutput): View {
  const charts = new Charts();
  const { overview, runs, sweep } = output;
  const node = element('article', { class: 'report' }, element('p', { class: 'finding' }, overview.finding));
  if (sweep.length > 0) node.append(sweepSection(output, charts));
  else if (runs.length > 1) node.append(comparisonSection(output, charts));
  else if (runs[0]) node.append(figures(runs[0]));
  node.append(tableToggle('Figures as a table', overview.table), ...partsOf(output), ...brokenRules(runs));
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
  const labels = runs.map((run) => run.label);
  const height = 30 + 26 * runs.length;
  const panels = comparisonPanels(runs).map((panel) =>
    figure(
      panel.metric.title,
      panel.log,
      charts.add(panel.finding, height, (canvas, theme) => drawComparison(canvas, theme, labels, panel)),
    ),
  );
  return drawn(charts, element('div', { class: 'panels' }, ...panels));
}

function sweepSection(output: ReportOutput, charts: Charts): HTMLElement {
  const sweep = sweepPanels(output);
  const names = sweep.panels[0]?.lines.map((line) => line.name) ?? [];
  const panels = sweep.panels.map((panel) =>
    figure(
      panel.metric.title,
      panel.log,
      charts.add(panel.finding, 220, (canvas, theme) => drawSweep(canvas, theme, sweep, panel)),
    ),
  );
  return drawn(charts, element('section', {}, legend(names), element('div', { class: 'panels' }, ...panels)));
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

/** One run over time; with several, the reader chooses which. */
function overTime(runs: readonly Detailed[], charts: Charts): HTMLElement {
  const section = element('section', { class: 'over-time' });
  const show = (run: Detailed) => {
    const old = section.querySelector('.run');
    if (old) charts.remove(old);
    const next = runOverTime(run, charts);
    if (old) old.replaceWith(next);
    else section.append(next);
    drawn(charts, section);
  };
  if (runs.length > 1) section.append(chooser(runs, show));
  else section.append(element('h3', {}, 'Over time'));
  show(runs[0]!);
  return section;
}

/** Native radio buttons: arrow keys, names and states come with them. */
function chooser(runs: readonly Detailed[], show: (run: Detailed) => void): HTMLElement {
  const name = `run-${outputs++}`;
  const choices = runs.map((run, i) => {
    const input = element('input', { type: 'radio', name, value: String(i), ...(i === 0 && { checked: '' }) });
    input.addEventListener('change', () => show(run));
    return element('label', {}, input, element('span', {}, run.label));
  });
  return element('fieldset', { class: 'chooser' }, element('legend', {}, 'Over time'), ...choices);
}

function runOverTime(run: Detailed, charts: Charts): HTMLElement {
  const model = timelineModel(run);
  const panel = (title: string, finding: string, height: number, which: TimelinePanel, key?: HTMLElement) =>
    element(
      'figure',
      { class: 'time' },
      element('figcaption', {}, title, ...(key ? [key] : [])),
      charts.add(finding, height, (canvas, theme) => drawTimeline(canvas, theme, model, which)),
    );
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
  return element(
    'div',
    { class: 'run' },
    element('p', { class: 'lesser finding' }, run.rounds.finding),
    panel('Pages missing or stale at the destination', run.rounds.finding, 132, 'remaining'),
    panel(
      'Pages per second',
      rates,
      110,
      'rates',
      lineKey([
        { name: 'sent', kind: 'solid', color: 0 },
        { name: 'dirtied', kind: 'dashed', color: 1 },
      ]),
    ),
    panel('Work of the guest', `${run.throughput.finding} At worst it does ${share(lowest)}.`, 124, 'throughput', work),
    element('p', { class: 'lesser finding' }, run.throughput.finding),
    element('p', { class: 'lesser' }, 'Downtime: ', run.downtime.finding),
    element('p', { class: 'lesser' }, samplingOf(run.timeline)),
    tableToggle('Charts as tables', run.rounds.table, timelineTable(run), run.throughput.table, run.downtime.table),
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
