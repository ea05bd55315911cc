import type { ReportOutput, ShownRun } from '../../src/protocol/outputs';
import { bytes, capital, count, seconds } from '../../src/protocol/quantities';

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

/** One metric of several runs, and the sentence that says it: the chart's accessible name. */
export interface ComparisonPanel {
  metric: Metric;
  values: number[];
  log: boolean;
  finding: string;
}

/** A panel for each metric that differs from nothing. */
export function comparisonPanels(runs: readonly ShownRun[]): ComparisonPanel[] {
  return METRICS.map((metric) => ({ metric, values: runs.map((run) => metric.read(run)) }))
    .filter(({ values }) => values.some((value) => value > 0))
    .map(({ metric, values }) => {
      const parts = runs.map((run, i) => `${run.label} ${metric.write(values[i]!)}`);
      return { metric, values, log: needsLogScale(values), finding: `${metric.title}: ${parts.join(', ')}.` };
    });
}

/** One metric over the values of a swept key: a line for each technique (and each value of the other swept keys). */
export interface SweepPanel {
  metric: Metric;
  log: boolean;
  finding: string;
  lines: { name: string; values: (number | undefined)[] }[];
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
  const panels = METRICS.flatMap((metric): SweepPanel[] => {
    const lines = names.map((name) => ({
      name,
      values: axis.values.map((value) => {
        const run = runs.find((r) => nameOf(r) === name && r.point[axis.key] === value);
        return run && metric.read(run);
      }),
    }));
    const all = lines.flatMap((line) => line.values).filter((value) => value !== undefined);
    if (!all.some((value) => value > 0)) return [];
    const parts = lines.map(({ name, values }) => trend(name, values, metric));
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
