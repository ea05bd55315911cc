import type { Report } from '../../engine/report';
import type { Exhibit } from '../../protocol/outputs';
import { bytes, count, list, seconds } from '../../protocol/quantities';
import type { Run, World } from '../experiment/experiment';
import { isEndless, troubleOf, type RunReport } from './findings';
import { tableOf, type Column } from './table';

/** The world of a run; what the sandbox reports is simulated. */
export function worldOf({ world = 'simulator' }: RunReport): World {
  return world;
}

/** The worlds in which these runs were made, the simulator first. */
export function worldsIn(runs: readonly RunReport[]): World[] {
  return (['simulator', 'qemu'] as const).filter((world) => runs.some((run) => worldOf(run) === world));
}

/** A sentence or several about what happened in one world: `On QEMU, pre-copy stops the guest for …`. */
export function inWorld(world: World, finding: string): string {
  const start = world === 'qemu' ? 'On QEMU' : 'In the simulator';
  return `${start}, ${finding[0]!.toLowerCase()}${finding.slice(1)}`;
}

/** The same migration in both worlds. */
interface Pair {
  readonly label: string;
  readonly simulated: Report;
  readonly real: Report;
}

interface Figure {
  readonly name: string;
  read(report: Report): number;
  write(value: number): string;
  /** Is the difference itself the figure of merit, or its share of the whole? */
  readonly as: 'value' | 'share';
}

const FIGURES: readonly Figure[] = [
  { name: 'Downtime', read: (r) => r.downtimeSeconds, write: seconds, as: 'value' },
  { name: 'Total time', read: (r) => r.totalSeconds, write: seconds, as: 'share' },
  { name: 'Pages sent', read: (r) => r.pagesSent, write: count, as: 'share' },
  { name: 'Data sent', read: (r) => r.transferredBytes, write: bytes, as: 'share' },
  { name: 'Network faults', read: (r) => r.networkFaults, write: count, as: 'value' },
];

interface Row {
  readonly pair: Pair;
  readonly name: string;
  readonly simulated: string;
  readonly real: string;
  readonly difference: string;
  readonly share: string;
}

/**
 * What simulator and QEMU say of the same migrations, figure by figure, and by how much the simulator is off: reality is
 * the measure, so the percentages are of QEMU's figures. Undefined if no migration was made in both worlds.
 */
export function differencesExhibit(runs: readonly RunReport[]): Exhibit | undefined {
  const pairs = pairsOf(runs);
  if (pairs.length === 0) return undefined;
  const columns: Column<Row>[] = [
    ...(pairs.length > 1 ? [{ title: 'Migration', cell: ({ pair }: Row) => pair.label }] : []),
    { title: 'Figure', cell: ({ name }) => name },
    { title: 'Simulator', numeric: true, cell: ({ simulated }) => simulated },
    { title: 'QEMU', numeric: true, cell: ({ real }) => real },
    { title: 'Simulator off by', numeric: true, cell: ({ difference }) => difference },
    { title: 'Of QEMU’s figure', numeric: true, cell: ({ share }) => share },
  ];
  return {
    finding: differencesFinding(pairs),
    table: tableOf('Simulator and QEMU, side by side', pairs.flatMap(rowsOf), columns),
  };
}

function pairsOf(runs: readonly RunReport[]): Pair[] {
  const real = new Map(runs.filter((run) => worldOf(run) === 'qemu').map(({ label, report }) => [label, report]));
  return runs
    .filter((run) => worldOf(run) === 'simulator' && real.has(run.label))
    .map(({ label, report }) => ({ label, simulated: report, real: real.get(label)! }));
}

function rowsOf(pair: Pair): Row[] {
  const { simulated, real } = pair;
  const figures = comparable(pair)
    ? FIGURES.filter(({ read }) => read(simulated) !== 0 || read(real) !== 0).map(({ name, read, write }) => {
        const off = read(simulated) - read(real);
        return {
          pair,
          name,
          simulated: write(read(simulated)),
          real: write(read(real)),
          difference: signed(off, write),
          share: read(real) === 0 ? '' : percent(off / read(real)),
        };
      })
    : [];
  const outcomes = [outcomeWord(simulated), outcomeWord(real)] as const;
  const difference = outcomes[0] === outcomes[1] ? 'same' : 'different';
  return [...figures, { pair, name: 'Outcome', simulated: outcomes[0], real: outcomes[1], difference, share: '' }];
}

/** Figures of a migration that did not come to its end say when it ended, and nothing about the model. */
function comparable({ simulated, real }: Pair): boolean {
  return troubleOf(simulated) === undefined && troubleOf(real) === undefined;
}

function outcomeWord(report: Report): string {
  if (report.broken) return report.broken.outcome === 'lost' ? 'guest lost' : 'failed';
  if (report.aborted !== undefined) return 'gave up';
  if (isEndless(report)) return 'did not end';
  if (report.violations.length > 0) return 'broke a rule';
  return report.converged ? 'converged' : 'did not converge';
}

/** The largest differences, each with the migration that it is of if there are several; and who disagrees. */
function differencesFinding(pairs: readonly Pair[]): string {
  const several = pairs.length > 1;
  const good = pairs.filter(comparable);
  const parts = FIGURES.slice(0, 4).flatMap(({ name, read, write, as }) => {
    const offs = good.flatMap(({ label, simulated, real }) => {
      const off = read(simulated) - read(real);
      if (as === 'share' && read(real) === 0) return [];
      return { label, off: as === 'share' ? off / read(real) : off };
    });
    const largest = offs.sort((a, b) => Math.abs(b.off) - Math.abs(a.off))[0];
    if (!largest) return [];
    const text = as === 'share' ? percent(largest.off) : signed(largest.off, write);
    return `${text} in the ${name.toLowerCase()}${several && largest.off !== 0 ? ` (${largest.label})` : ''}`;
  });
  const off = parts.length > 0 ? [`The simulator is off by${several ? ' at most' : ''} ${list(parts)}.`] : [];
  const apart = pairs.filter(({ simulated, real }) => outcomeWord(simulated) !== outcomeWord(real));
  const verdicts = apart.map(
    ({ label, simulated, real }) =>
      `Of ${label} the simulator says that it ${PAST[outcomeWord(simulated)]}, but on QEMU it ${PAST[outcomeWord(real)]}.`,
  );
  return [...off, ...(verdicts.length > 0 ? verdicts : [several ? 'Both worlds agree on every outcome.' : 'Both worlds agree on the outcome.'])].join(' ');
}

const PAST: Readonly<Record<string, string>> = {
  'guest lost': 'lost its guest',
  failed: 'failed',
  'gave up': 'gave up',
  'did not end': 'did not end',
  'broke a rule': 'broke a rule',
  converged: 'converged',
  'did not converge': 'did not converge',
};

/** `+12.3 ms`, `−4 pages`; `0 s` has no sign. */
function signed(value: number, write: (value: number) => string): string {
  return value === 0 ? write(0) : `${value > 0 ? '+' : '−'}${write(Math.abs(value))}`;
}

/** `+0.4 %`: below ten percent the first decimal is of interest. */
function percent(value: number): string {
  const points = Math.abs(value) * 100;
  const text = points < 9.95 ? points.toFixed(1) : count(points);
  return `${/^[0.]+$/.test(text) ? '' : value > 0 ? '+' : '−'}${text}\u00a0%`;
}

/** What is to be said of the runs on QEMU, each sentence once, and of which runs if not of all. */
export function remarksOf(runs: readonly RunReport[]): string[] {
  const real = runs.filter((run) => worldOf(run) === 'qemu');
  const of = new Map<string, string[]>();
  for (const { label, remarks = [] } of real) {
    for (const remark of new Set(remarks)) of.set(remark, [...(of.get(remark) ?? []), label]);
  }
  return [...of].map(([remark, labels]) => (labels.length === real.length ? remark : `${list(labels)}: ${remark}`));
}

/**
 * What is to be said before the two worlds are compared: the textbook's techniques keep other rules than QEMU, and so do the
 * other hypervisors. Undefined if there is nothing to be said.
 */
export function comparisonRemark(runs: readonly Run[]): string | undefined {
  const textbook = runs.some(({ preset, technique }) => preset === undefined && technique.name !== undefined);
  return textbook
    ? 'The simulator followed the textbook here. With `preset: qemu` it follows the rules, and pays the costs, of QEMU.'
    : undefined;
}
