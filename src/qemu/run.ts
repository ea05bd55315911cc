import type { Report } from '../engine/report';
import type { Accelerator } from './accelerator';
import type { RealRun } from './mapping';
import type { MigrateOptions, QemuProgress } from './migrate';
import type { MigrationInfo } from './query-migrate';
import { severalOnQemu } from './several';

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
  /** Default: KVM where it passes a test, and TCG otherwise. */
  accelerator?: Accelerator;
  /** A migration is cancelled after so long; default: what its memory takes, many times over. Seconds. */
  limitSeconds?: number;
  /** See `MigrateOptions`. */
  inspect?: MigrateOptions['inspect'];
}

/**
 * Makes one run of an experiment (see `expand`) on real QEMU: two processes on this computer, with a link of ours between
 * them and a guest of ours in them. Throws a `QemuError` with one sentence for people.
 */
export async function runOnQemu(run: RealRun, options: QemuOptions = {}): Promise<QemuRun> {
  const { runs } = await severalOnQemu([run], 'serial', options);
  return runs[0]!;
}
