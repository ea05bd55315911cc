import { nameOf, type Cell } from './cell';
import type { Measurement, Outcome } from './outcome';
import { median, noise, quantile } from './statistics';

/** What is compared by a relative error. `pagesSeconds` is the total time without the set-up: from the first page on. */
export const METRICS = ['totalSeconds', 'pagesSeconds', 'transferredBytes', 'pagesSent'] as const;
export type Metric = (typeof METRICS)[number];

/** Cells in which the total times of reality lie closer together than this are the ones by which a simulator can be judged. */
export const QUIET = 0.05;

/** Does a cell converge? `mixed`: not in every repetition. */
export type Verdict = 'yes' | 'no' | 'mixed';

/** A measurement, and what the simulator makes of the same. */
export interface Pair {
  readonly measurement: Measurement;
  readonly simulated: Outcome;
}

export interface Figure {
  readonly real: number;
  readonly simulated: number;
  /** The median of simulated / real − 1 over the repetitions: each was told what held for its own. */
  readonly error: number;
  /** Of reality: (largest − smallest) / median. */
  readonly noise: number;
  readonly least: number;
  readonly most: number;
}

/** A cell in both worlds; figures are medians over the repetitions. */
export interface CellComparison {
  readonly cell: Cell;
  readonly name: string;
  readonly repetitions: number;
  readonly verdict: { readonly real: Verdict; readonly simulated: Verdict };
  /** The rate at which the guest wrote while it was migrated, as a fraction of what it was asked for; 1 for an idle one. */
  readonly rateKept: number;
  /** How busy the computer was, processes per core, at most. */
  readonly load: number;
  /** Absent unless all repetitions converged in both worlds: one that was cut off has no total. */
  readonly figures?: Readonly<Record<Metric, Figure>>;
  /** Seconds. `error` is the median of simulated − real. */
  readonly downtime?: Omit<Figure, 'noise'>;
  /** Did reality repeat itself? */
  readonly isQuiet: boolean;
}

export interface Errors {
  readonly median: number;
  readonly ninetieth: number;
}

export interface Summary {
  readonly cells: number;
  /** Relative, without their signs. */
  readonly errors: Readonly<Record<Metric, Errors>>;
  /** Seconds, without their signs: of migrations that are over when the guest runs at the destination. */
  readonly downtimeSeconds: Errors;
  /** The same of post-copy, where the guest outside is silent until its first pages are there. */
  readonly postcopyDowntimeSeconds: Errors;
  readonly noise: Readonly<Record<Metric, Errors>>;
  /** Cells whose simulated total lies within what reality showed. */
  readonly withinSpread: number;
}

export interface Comparison {
  readonly cells: readonly CellComparison[];
  readonly quiet: Summary;
  readonly noisy: Summary;
  /** Cells with the same verdict on convergence in both worlds, of those in which reality was of one mind. */
  readonly verdicts: { readonly same: number; readonly of: number };
}

/** All pairs, cell by cell in the order of their first appearance. Pure. */
export function compare(pairs: readonly Pair[]): Comparison {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = JSON.stringify(pair.measurement.cell);
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  const cells = [...groups.values()].map(compareCell);
  const judged = cells.filter(({ verdict }) => verdict.real !== 'mixed');
  return {
    cells,
    quiet: summaryOf(cells.filter(({ isQuiet }) => isQuiet)),
    noisy: summaryOf(cells.filter(({ isQuiet }) => !isQuiet)),
    verdicts: { same: judged.filter(({ verdict }) => verdict.real === verdict.simulated).length, of: judged.length },
  };
}

function compareCell(pairs: readonly Pair[]): CellComparison {
  const cell = pairs[0]!.measurement.cell;
  const real = pairs.map(({ measurement }) => measurement.real);
  const simulated = pairs.map((pair) => pair.simulated);
  const verdict = { real: verdictOf(real), simulated: verdictOf(simulated) };
  const converged = verdict.real === 'yes' && verdict.simulated === 'yes';
  const asked = (cell.rate * cell.linkBytesPerSecond) / 4096;
  const figure = (metric: keyof Outcome) => figureOf(real.map((one) => Number(one[metric])), simulated.map((one) => Number(one[metric])));
  const figures = {
    totalSeconds: figure('totalSeconds'),
    pagesSeconds: figureOf(real.map(withoutSetup), simulated.map(withoutSetup)),
    transferredBytes: figure('transferredBytes'),
    pagesSent: figure('pagesSent'),
  };
  const downtime = {
    ...figure('downtimeSeconds'),
    error: median(pairs.map((pair) => pair.simulated.downtimeSeconds - pair.measurement.real.downtimeSeconds)),
  };
  return {
    cell,
    name: nameOf(cell),
    repetitions: pairs.length,
    verdict,
    rateKept: cell.workload === 'idle' ? 1 : median(pairs.map(({ measurement }) => measurement.rateDuring)) / asked,
    load: Math.max(...pairs.map(({ measurement: { load, cores } }) => load / cores)),
    ...(converged && { figures, downtime }),
    isQuiet: converged && pairs.length > 1 && figures.totalSeconds.noise <= QUIET,
  };
}

function withoutSetup({ totalSeconds, setupSeconds }: Outcome): number {
  return totalSeconds - setupSeconds;
}

function verdictOf(outcomes: readonly Outcome[]): Verdict {
  const converged = outcomes.filter((outcome) => outcome.converged).length;
  return converged === outcomes.length ? 'yes' : converged === 0 ? 'no' : 'mixed';
}

function figureOf(real: readonly number[], simulated: readonly number[]): Figure {
  return {
    real: median(real),
    simulated: median(simulated),
    error: median(real.map((is, i) => simulated[i]! / is - 1)),
    noise: noise(real),
    least: Math.min(...real),
    most: Math.max(...real),
  };
}

function summaryOf(all: readonly CellComparison[]): Summary {
  const cells = all.filter(({ figures }) => figures !== undefined);
  const of = (value: (cell: CellComparison) => number, among = cells): Errors => {
    const values = among.map((cell) => Math.abs(value(cell)));
    return { median: median(values), ninetieth: quantile(values, 0.9) };
  };
  const isPostcopy = ({ cell: { technique } }: CellComparison): boolean => technique === 'post-copy' || technique === 'hybrid';
  const each = (value: (figure: Figure) => number) => ({
    totalSeconds: of(({ figures }) => value(figures!.totalSeconds)),
    pagesSeconds: of(({ figures }) => value(figures!.pagesSeconds)),
    transferredBytes: of(({ figures }) => value(figures!.transferredBytes)),
    pagesSent: of(({ figures }) => value(figures!.pagesSent)),
  });
  return {
    cells: cells.length,
    errors: each(({ error }) => error),
    downtimeSeconds: of(({ downtime }) => downtime!.error, cells.filter((cell) => !isPostcopy(cell))),
    postcopyDowntimeSeconds: of(({ downtime }) => downtime!.error, cells.filter(isPostcopy)),
    noise: each((figure) => figure.noise),
    withinSpread: cells.filter(({ figures }) => {
      const { simulated, least, most } = figures!.totalSeconds;
      return simulated >= least && simulated <= most;
    }).length,
  };
}
