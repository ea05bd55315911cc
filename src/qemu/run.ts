import type { Report } from '../engine/report';
import type { Accelerator } from './accelerator';
import { checkMemory, needQemu } from './host';
import { planOf, type Plan, type RealRun } from './mapping';
import { Migration, type MigrateOptions, type QemuProgress } from './migrate';
import { QemuError } from './qemu-error';
import type { MigrationInfo } from './query-migrate';
import { Link } from './relay';
import { reportOf } from './report';
import { Scratch } from './scratch';

export type { RealRun } from './mapping';
export type { QemuProgress } from './migrate';

export interface QemuRun {
  report: Report;
  /** QEMU's own answer at the end. */
  queryMigrate: MigrationInfo;
  /** What is different from what the experiment says, in sentences. */
  remarks: readonly string[];
}

export interface QemuOptions {
  /** Ends it: everything is cleaned up, and the signal's reason thrown. */
  signal?: AbortSignal;
  progress?: (progress: QemuProgress) => void;
  /** Where QEMU is; default: the first one in PATH. */
  qemu?: string;
  accelerator?: Accelerator;
  /** A migration is cancelled after so long; default: what its memory takes, many times over. Seconds. */
  limitSeconds?: number;
  /** See `MigrateOptions`. */
  inspect?: MigrateOptions['inspect'];
}

/** Nobody waits for longer: seconds. */
const LONGEST_SECONDS = 3600;

/**
 * Makes one run of an experiment (see `expand`) on real QEMU: two processes on this computer, with a link of ours between
 * them and a guest of ours in them. Throws a `QemuError` with one sentence for people.
 */
export async function runOnQemu(run: RealRun, options: QemuOptions = {}): Promise<QemuRun> {
  const { signal, progress, inspect, accelerator = 'tcg' } = options;
  const plan = planOf(run);
  const { path: qemu } = await needQemu(options.qemu);
  await checkMemory([plan.program.memoryBytes]);
  const limitSeconds = options.limitSeconds ?? limitFor(plan);
  signal?.throwIfAborted();
  const scratch = await Scratch.make();
  try {
    const link = plan.link && new Link(plan.link.bytesPerSecond, plan.link.latencySeconds);
    const migration = await Migration.prepare(plan, { qemu, accelerator, scratch, link, signal, progress, inspect, limitSeconds });
    try {
      const observed = await migration.run();
      return {
        report: reportOf(plan, observed),
        queryMigrate: observed.polls.at(-1)?.info ?? {},
        remarks: plan.remarks,
      };
    } finally {
      await migration.close();
    }
  } finally {
    await scratch.remove();
  }
}

/** How long the guest's memory takes at least, seconds. */
export function estimateSeconds({ program, scenario, parameters }: Plan): number {
  const rates = [scenario.link.bytesPerSecond, scenario.maxBandwidth ?? Infinity, parameters['max-postcopy-bandwidth'] ?? Infinity];
  const rate = Math.min(...rates.map(Number));
  return (program.memoryBytes * (1 - program.zeroFraction)) / rate;
}

/** After so long a migration will not come to its end: seconds. Throws if nobody would wait for so long. */
export function limitFor(plan: Plan): number {
  const estimate = estimateSeconds(plan);
  if (estimate > LONGEST_SECONDS) {
    throw new QemuError(
      `This migration would take ${Math.round(estimate / 60)} minutes at least: choose a faster \`link\` or a smaller ` +
        '`guest.memory`.',
    );
  }
  return 20 + 10 * estimate;
}
