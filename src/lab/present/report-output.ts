import type { Report, Timeline } from '../../engine/report';
import type { Exhibit, ReportOutput, RunDetails, ShownRun } from '../../protocol/outputs';
import { samplingOf } from '../../protocol/timeline-words';
import {
  brokenRules,
  isEndless,
  comparisonFinding,
  roundsFinding,
  runFinding,
  sweepFinding,
  throughputFinding,
  type RunReport,
} from './findings';
import { bytes, capital, count, list, plural, seconds, share } from '../../protocol/quantities';
import { WORLD_NAMES } from '../../protocol/world-words';
import { downtimeParts, outageSeconds, partsExhibit, type Part } from './parts';
import { exhibitMarkdown, escapeMarkdown, escapeProse, tableOf, tableText, type Column } from './table';
import { differencesExhibit, inWorld, remarksOf, worldOf, worldsIn } from './worlds';

/** Beyond this many runs only the metrics are shown: nobody compares thirty timelines, and the file would grow. */
const MOST_TIMELINES = 6;
/** A table with more columns is not read but searched. */
const MOST_RUNS_IN_PARTS = 6;
/** Samples of a timeline that are kept; a chart in a notebook is about twice as many pixels wide. */
const SAMPLES = 160;
const MOST_FINDINGS = 3;

/**
 * What an experiment's output shows. `runs` are at least one, in the experiment's order, those of the simulator first;
 * `remarks` are sentences about the experiment, or about real machines, that are of no single run.
 */
export function reportOutput(runs: readonly RunReport[], remarks: readonly string[] = []): ReportOutput {
  const keys = Object.keys(runs[0]?.point ?? {});
  const sweep = keys.map((key) => ({ key, values: [...new Set(runs.map((run) => run.point[key] ?? ''))] }));
  const detailed = sweep.length === 0 && runs.length <= MOST_TIMELINES * worldsIn(runs).length;
  const inParts = runs.length <= MOST_RUNS_IN_PARTS;
  const differences = differencesExhibit(runs);
  const said = [...new Set([...remarks, ...remarksOf(runs)])];
  return {
    version: 1,
    overview: overview(runs, keys, !inParts),
    sweep,
    ...(inParts && { parts: partsExhibit(runs) }),
    ...(differences && { differences }),
    ...(said.length > 0 && { remarks: said }),
    runs: runs.map((run) => shown(run, detailed)),
  };
}

/** The same for readers without our renderer, such as GitHub. */
export function reportMarkdown({ overview, parts, differences, remarks = [], runs }: ReportOutput): string {
  const rounds = runs.length === 1 && runs[0]?.rounds && runs[0].rounds.table.rows.length > 1 ? [runs[0].rounds] : [];
  const rules = wrongs(runs)
    .map((line) => `- ${escapeMarkdown(line)}`)
    .join('\n');
  const samplings = runs.length === 1 && runs[0]?.timeline ? [samplingOf(runs[0].timeline)] : [];
  return [
    exhibitMarkdown(overview),
    ...(differences ? [exhibitMarkdown(differences)] : []),
    ...(remarks.length > 0 ? [remarks.map((remark) => `- ${escapeProse(remark)}`).join('\n')] : []),
    parts ? exhibitMarkdown(parts) : NO_PARTS,
    ...rounds.map(exhibitMarkdown),
    ...samplings.map(escapeMarkdown),
    ...(rules ? [`**${titleOfWrongs(runs)}**\n\n${rules}`] : []),
    ...runs.flatMap(queryMigrateMarkdown),
  ].join('\n\n');
}

/** What QEMU itself says, folded away: few ask for it, but it is the source. */
function queryMigrateMarkdown({ label, queryMigrate }: ShownRun): string[] {
  if (!queryMigrate) return [];
  const json = JSON.stringify(queryMigrate, undefined, 2);
  const title = `${escapeMarkdown(label)}: QEMU’s own answer to <code>query-migrate</code>`;
  return [`<details>\n<summary>${title}</summary>\n\n\`\`\`json\n${json}\n\`\`\`\n\n</details>`];
}

/** The same for a terminal. */
export function reportText({ overview, parts, differences, remarks = [], runs }: ReportOutput): string {
  const rules = wrongs(runs);
  const blocks = [
    overview.finding,
    tableText(overview.table),
    ...(differences ? [differences.finding, tableText(differences.table)] : []),
    ...(remarks.length > 0 ? [remarks.join('\n')] : []),
    ...(parts ? [parts.finding, ...(parts.table.rows.length > 0 ? [tableText(parts.table)] : [])] : [NO_PARTS]),
    ...(rules.length ? [[`${titleOfWrongs(runs)}:`, ...rules].join('\n')] : []),
  ];
  return blocks.join('\n\n').replaceAll('\u00a0', ' ');
}

const NO_PARTS = `The parts of each figure are shown for up to ${MOST_RUNS_IN_PARTS} runs.`;

function titleOfWrongs(runs: readonly ShownRun[]): string {
  return runs.some((run) => brokenRules(run).length > 0) ? 'Broken rules' : 'Without an end';
}

/** What a technique did wrong, in sentences. */
function wrongs(runs: readonly ShownRun[]): string[] {
  return runs.flatMap((run) =>
    run.violations.map((v) => {
      const where = v.line === undefined ? '' : ` (line ${v.line})`;
      return `${capital(run.label)}, ${seconds(v.seconds)}${where}: ${v.message}${v.because ? ` ${v.because}` : ''}`;
    }),
  );
}

/** `whole`: what is not told in parts must be told here, if there is any. */
function overview(runs: readonly RunReport[], keys: string[], whole: boolean): Exhibit {
  const reports = runs.map((run) => run.report);
  const worlds = worldsIn(runs);
  const isSimulated = worlds.every((world) => world === 'simulator');
  const finding = isSimulated
    ? overviewFinding(runs, keys)
    : worlds.map((world) => inWorld(world, overviewFinding(runs.filter((run) => worldOf(run) === world), keys))).join(' ');
  const figure = (title: string, cell: (report: Report) => string): Column<RunReport> => ({
    title,
    numeric: true,
    cell: ({ report }) => cell(report),
  });
  const columns: Column<RunReport>[] = [
    { title: 'Technique', cell: ({ report }) => report.technique },
    ...keys.map((key) => ({ title: key, numeric: true, cell: (run: RunReport) => run.point[key] ?? '' })),
    ...(isSimulated ? [] : [{ title: 'World', cell: (run: RunReport) => WORLD_NAMES[worldOf(run)] }]),
    figure('Downtime', (r) => seconds(r.downtimeSeconds)),
    figure('Total time', (r) => seconds(r.totalSeconds)),
    figure('Rounds', (r) => count(r.rounds.length)),
    figure('Pages sent', (r) => count(r.pagesSent)),
    figure('Data sent', (r) => bytes(r.transferredBytes)),
    figure('Network faults', (r) => count(r.networkFaults)),
    figure('Work done meanwhile', (r) => share(r.throughput.during)),
    ...(whole ? OCCASIONAL.filter(({ value }) => reports.some((r) => value(r) > 0)) : []).map(({ title, value, write }) =>
      figure(title, (r) => write(value(r))),
    ),
    { title: 'Outcome', cell: ({ report }) => outcome(report) },
  ];
  return { finding, table: tableOf('Figures of each migration', runs, columns) };
}

/** Of runs in one world. */
function overviewFinding(runs: readonly RunReport[], keys: string[]): string {
  const reports = runs.map((run) => run.report);
  if (keys.length > 0) return sweepFinding(runs);
  return runs.length === 1 ? runFinding(reports[0]!) : comparisonFinding(reports);
}

/** Figures that are nothing in most experiments. */
const OCCASIONAL: readonly { title: string; value(report: Report): number; write(value: number): string }[] = [
  { title: 'Sent as differences', value: (r) => r.pagesByEncoding.xbzrle ?? 0, write: count },
  { title: 'Sent compressed', value: (r) => r.pagesByEncoding.compressed ?? 0, write: count },
  { title: 'Sent as references', value: (r) => r.pagesByEncoding.duplicate ?? 0, write: count },
  { title: 'Not sent, as dirty again', value: (r) => r.pagesSkipped, write: count },
  { title: 'Work lost: throttled', value: (r) => r.lostWork.throttledSeconds, write: seconds },
  { title: 'Work lost: tracking', value: (r) => r.lostWork.trackingSeconds, write: seconds },
  { title: 'Work lost: balloon', value: (r) => r.lostWork.balloonSeconds, write: seconds },
  { title: 'Half of the faults are over within', value: (r) => r.faultLatency?.medianSeconds ?? 0, write: seconds },
  { title: 'Outage for the client', value: outageSeconds, write: seconds },
];

function outcome(report: Report): string {
  if (report.broken) return `${report.broken.outcome === 'lost' ? 'guest lost' : 'failed'}: ${report.broken.message}`;
  if (report.aborted !== undefined) return `gave up: ${report.aborted}`;
  if (isEndless(report)) return 'did not end';
  if (report.violations.length > 0) return `broke ${plural(brokenRules(report).length, 'rule')}`;
  if (report.residualPages > 0) return `still needs ${plural(report.residualPages, 'page')} of the source`;
  return report.converged ? 'done' : 'did not converge';
}

function shown({ report, label, point, world, queryMigrate }: RunReport, detailed: boolean): ShownRun {
  return {
    label,
    point,
    ...(world !== undefined && world !== 'simulator' && { world }),
    ...(queryMigrate && { queryMigrate }),
    technique: report.technique,
    converged: report.converged,
    ...(report.aborted !== undefined && { aborted: report.aborted }),
    ...(report.broken && { broken: report.broken }),
    preparationSeconds: rounded(report.preparationSeconds),
    downtimeSeconds: rounded(report.downtimeSeconds),
    resumeSeconds: rounded(report.resumeSeconds),
    totalSeconds: rounded(report.totalSeconds),
    pagesSent: report.pagesSent,
    transferredBytes: report.transferredBytes,
    networkFaults: report.networkFaults,
    guestPages: report.guestPages,
    violations: report.violations.slice(0, MOST_FINDINGS),
    // What happened on a real machine is known only as finely as somebody looked.
    ...(detailed && report.timeline.throughput.length > 0 && details(report)),
  };
}

function details(report: Report): RunDetails {
  let end = 0;
  return {
    rounds: rounds(report),
    roundEnds: report.rounds.map((round) => rounded((end += round.seconds))),
    throughput: throughput(report),
    downtime: downtime(report),
    timeline: sampled(report.timeline),
  };
}

function downtime(report: Report): Exhibit {
  const parts = downtimeParts(report);
  const columns: Column<Part>[] = [
    { title: 'Part of the downtime', cell: (part) => part.name },
    { title: 'Duration', numeric: true, cell: (part) => seconds(part.value) },
  ];
  const sentence =
    parts.length === 0 ? 'The guest was never paused' : list(parts.map((p) => `${seconds(p.value)} ${p.name}`));
  return { finding: `${sentence}.`, table: tableOf(`Downtime of ${report.technique}`, parts, columns) };
}

function rounds(report: Report): Exhibit {
  const rows = report.rounds.map((round, i) => ({ ...round, name: String(i + 1) }));
  const columns: Column<(typeof rows)[number]>[] = [
    { title: 'Round', numeric: true, cell: (r) => r.name },
    { title: 'Pages sent', numeric: true, cell: (r) => count(r.pages) },
    { title: 'Duration', numeric: true, cell: (r) => seconds(r.seconds) },
    { title: 'Pages dirtied meanwhile', numeric: true, cell: (r) => count(r.dirtied) },
  ];
  const paused = { pages: report.finalPages, seconds: report.downtimeSeconds, dirtied: 0, name: 'paused' };
  return {
    finding: roundsFinding(report),
    table: tableOf(`Rounds of ${report.technique}`, [...rows, paused], columns),
  };
}

function throughput(report: Report): Exhibit {
  const { before, lowest, during, after } = report.throughput;
  const parts = [
    { name: 'before the migration', value: before },
    { name: 'lowest', value: lowest },
    { name: 'mean during the migration', value: during },
    { name: 'after the migration', value: after },
  ];
  const columns: Column<(typeof parts)[number]>[] = [
    { title: 'When', cell: (part) => part.name },
    { title: 'Work (undisturbed: 100 %)', numeric: true, cell: (part) => share(part.value) },
  ];
  return {
    finding: throughputFinding(report),
    table: tableOf(`Work of the guest under ${report.technique}`, parts, columns),
  };
}

/** Fewer and shorter numbers; counts are added up, so that totals stay true. */
function sampled(timeline: Timeline): Timeline {
  const step = Math.max(1, Math.ceil(timeline.throughput.length / SAMPLES));
  const groups = (values: number[]) =>
    Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values.slice(i * step, (i + 1) * step));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    ...timeline,
    sampleSeconds: timeline.sampleSeconds * step,
    pagesSent: groups(timeline.pagesSent).map(sum),
    pagesDirtied: groups(timeline.pagesDirtied).map(sum),
    pagesRemaining: groups(timeline.pagesRemaining).map((group) => group.at(-1) ?? 0),
    throughput: groups(timeline.throughput).map((group) => rounded(sum(group) / group.length)),
  };
}

/** Six significant digits: a microsecond in ten minutes is nobody's question here. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
