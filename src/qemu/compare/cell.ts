import type { OptimizationName, TechniqueName, Workload } from '../../engine';
import { PAGE_SIZE } from '../../engine/scenario';
import { expand, parseExperiment, type Run } from '../../lab/experiment';

/** One setting that is compared: an experiment with one run. */
export interface Cell {
  readonly technique: TechniqueName;
  readonly with?: readonly OptimizationName[];
  readonly workload: Workload;
  /** Bytes of written pages per second, as a fraction of the link's. */
  readonly rate: number;
  readonly workingSetMebibytes: number;
  /** Fraction of zero pages. */
  readonly zero: number;
  readonly memoryMebibytes: number;
  readonly linkBytesPerSecond: number;
  readonly downtimeLimitMilliseconds: number;
}

/** A cell in a few words: `pre-copy random W64 r50`, the working set in MiB and the rate in per cent of the link's. */
export function nameOf({ technique, with: optimizations = [], workload, rate, workingSetMebibytes, zero }: Cell): string {
  return [
    [technique, ...optimizations].join('+'),
    ...(workload === 'idle' ? ['idle'] : [workload, `W${workingSetMebibytes}`, `r${Math.round(100 * rate)}`]),
    ...(zero === 0 ? [] : [`z${Math.round(100 * zero)}`]),
  ].join(' ');
}

/** The experiment document of a cell: what somebody would write to see the same in a notebook. */
export function documentOf(cell: Cell, seed: number): object {
  const { technique, workload } = cell;
  return {
    guest: {
      memory: `${cell.memoryMebibytes} MiB`,
      workload,
      ...(workload !== 'idle' && {
        writes: `${Math.round((cell.rate * cell.linkBytesPerSecond) / PAGE_SIZE)} pages/s`,
        workingSet: `${cell.workingSetMebibytes} MiB`,
      }),
      zero: cell.zero,
    },
    link: { bandwidth: `${8 * cell.linkBytesPerSecond} bit/s`, latency: '0.1 ms' },
    technique: cell.with === undefined ? technique : { use: technique, with: [...cell.with] },
    preset: 'qemu',
    downtimeLimit: `${cell.downtimeLimitMilliseconds} ms`,
    // As libvirt does: QEMU's own default would be another link.
    maxBandwidth: 'unlimited',
    seed,
  };
}

/** The one run of a cell's experiment. @throws RangeError if it is no experiment, with the first problem's sentence */
export function runOf(cell: Cell, seed: number): Run {
  const { experiment, problems } = parseExperiment(JSON.stringify(documentOf(cell, seed)));
  if (!experiment) throw new RangeError(problems[0]?.message);
  return expand(experiment)[0]!;
}
