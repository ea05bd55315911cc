import { l10n, workspace } from 'vscode';
import type { Run } from '../../lab/experiment';
import type { Lab } from '../lab';
import type { WorldRuns } from '../jobs';
import { runForReal } from '../machines';
import type { CellRun } from './kernel';

/** What came of asking for real machines. */
export interface RealRuns extends WorldRuns {
  /** Why there are none here; then nothing was run. */
  readonly missing?: string;
}

/** Makes the runs on real machines, if there are any; the reader has asked for it by running the cell. */
export async function runReal(lab: Lab, runs: readonly Run[], run: CellRun): Promise<RealRuns> {
  const nothing = { runs: [], failures: new Map() };
  // VS Code asks before it runs a cell of such a folder; this is the second lock on what starts processes.
  if (!workspace.isTrusted) {
    return { ...nothing, missing: l10n.t('QEMU is only started in a folder whose authors you trust.') };
  }
  const missing = await lab.machines.missing();
  if (missing) return { ...nothing, missing: lab.saidOnce.say(missing.sentence, missing.briefly) };
  return runForReal(runs, lab.machines, run);
}
