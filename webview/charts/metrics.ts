import type { World } from '../../src/lab/experiment/experiment';
import type { ReportOutput, ShownRun } from '../../src/protocol/outputs';
import { bytes, capital, count, seconds } from '../../src/protocol/quantities';
import { nameInWorld } from '../../src/protocol/world-words';

/** A figure in which techniques are compared. */
export interface Metric {
  title: string;
  read(run: ShownRun): number;
  write(value: number, digits?: number): string;
  /** Distance of the marks on a linear axis up to this value, where the usual tens look odd. */
  step?(most: number): number;
}

const METRICS: readonly Metric[] = [
  { title: 'Downtime', read: (run) => run.downtimeSeconds, write: seconds },
  { title: 'Total time', read: (run) => run.totalSeconds, write: seconds },
  { title: 'Data sent', read: (run) => run.transferredBytes, write: bytes, step: binaryStep },
  { title: 'Network faults', read: (run) => run.networkFaults, write: (value) => count(value) },
];

/** A power of two, so that the marks are whole GiB, MiB or halves of them. */
function binaryStep(most: number): number {
  return 2 ** Math.ceil(Math.log2(most / 4));
}

/** From this ratio on, small values would vanish on a linear scale. */
const LOG_RATIO = 25;

/** A logarithmic scale shows no zero, but values so far apart are not readable otherwise. */
export function needsLogScale(values: readonly number[]): boolean {
  const positive = values.filter((value) => value > 0);
  return positive.length > 1 && Math.max(...positive) / Math.min(...positive) > LOG_RATIO;
}

/** The whole power of ten below the least positive value: where a logarithmic scale begins. */
export function logFloor(values: readonly number[]): number {
  return 10 ** Math.floor(Math.log10(Math.min(...values.filter((value) => value > 0))) - 0.01);
}

/** On a logarithmic axis only these are labelled. */
export function isPowerOfTen(value: number): boolean {
  return Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
}

/** A value beside an axis: as short as it can be. */
export function tickText(metric: Pick<Metric, 'write'>, value: number): string {
  return metric.write(value, 2).replace(/\.0(?!\d)/, '');
}

/** The worlds of these runs, the simulator first. */
export function worldsOf(runs: readonly ShownRun[]): World[] {
  return (['simulator', 'qemu'] as const).filter((world) => runs.some((run) => worldOf(run) === world));
}

function worldOf({ world = 'simulator' }: ShownRun): World {
  return world;
}

/** One metric of several runs, and the sentence that says it: the chart's accessible name. */
export interface ComparisonPanel {
  metric: Metric;
  /** What is compared, in order. */
  labels: string[];
  /** A value for each label, for each world in which there are runs; undefined where it was not run. */
  series: { world: World; values: (number | undefined)[] }[];
  log: boolean;
  finding: string;
}

/** A panel for each metric that differs from nothing. */
export function comparisonPanels(runs: readonly ShownRun[]): ComparisonPanel[] {
  const labels = [...new Set(runs.map((run) => run.label))];
  const worlds = worldsOf(runs);
  const mixed = worlds.length > 1;
  return METRICS.filter(({ read }) => runs.some((run) => read(run) > 0)).map((metric) => {
    const parts = labels.flatMap((label) =>
      runs
        .filter((run) => run.label === label)
        .map((run) => `${nameInWorld(label, mixed ? worldOf(run) : undefined)} ${metric.write(metric.read(run))}`),
    );
    const series = worlds.map((world) => ({
      world,
      values: labels.map((label) => {
        const run = runs.find((one) => one.label === label && worldOf(one) === world);
        return run && metric.read(run);
      }),
    }));
    const log = needsLogScale(runs.map((run) => metric.read(run)));
    return { metric, labels, series, log, finding: `${metric.title}: ${parts.join(mixed ? '; ' : ', ')}.` };
  });
}

/** One metric over the values of a swept key: a line for each technique (and each value of the other swept keys). */
export interface SweepPanel {
  metric: Metric;
  log: boolean;
  finding: string;
  lines: SweepLine[];
}

export interface SweepLine {
  name: string;
  /** Given where there are two of them, and so two lines of this name. */
  world?: World;
  values: (number | undefined)[];
}

export interface Sweep {
  /** The key along the axis: the one with the most values. */
  key: string;
  values: string[];
  panels: SweepPanel[];
}

export function sweepPanels({ sweep, runs }: ReportOutput): Sweep {
  const axis = [...sweep].sort((a, b) => b.values.length - a.values.length)[0]!;
  const others = sweep.filter(({ key }) => key !== axis.key);
  const nameOf = (run: ShownRun) => [run.technique, ...others.map(({ key }) => `${key} ${run.point[key]}`)].join(', ');
  const names = [...new Set(runs.map(nameOf))];
  const worlds = worldsOf(runs);
  const panels = METRICS.flatMap((metric): SweepPanel[] => {
    const lines = names.flatMap((name) =>
      worlds.map(
        (world): SweepLine => ({
          name,
          ...(worlds.length > 1 && { world }),
          values: axis.values.map((value) => {
            const run = runs.find((r) => nameOf(r) === name && worldOf(r) === world && r.point[axis.key] === value);
            return run && metric.read(run);
          }),
        }),
      ),
    );
    const all = lines.flatMap((line) => line.values).filter((value) => value !== undefined);
    if (!all.some((value) => value > 0)) return [];
    const parts = lines
      .filter(({ values }) => values.some((value) => value !== undefined))
      .map(({ name, world, values }) => trend(nameInWorld(name, world), values, metric));
    return [{ metric, log: needsLogScale(all), lines, finding: `${metric.title}: ${parts.join('; ')}.` }];
  });
  return { key: axis.key, values: axis.values, panels };
}

function trend(name: string, values: (number | undefined)[], { write }: Metric): string {
  const known = values.filter((value) => value !== undefined);
  const [first = 0, last = 0] = [known[0], known.at(-1)];
  return write(first) === write(last)
    ? `${capital(name)} ${write(first)}`
    : `${capital(name)} from ${write(first)} to ${write(last)}`;
}
