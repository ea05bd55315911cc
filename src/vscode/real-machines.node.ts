import { availableParallelism, loadavg } from 'node:os';
import { l10n, workspace } from 'vscode';
import { findQemu } from '../qemu/host';
import { runOnQemu } from '../qemu/run';
import type { RealMachines } from './machines';

/** Real QEMU processes on the computer on which the extension runs. */
export function realMachines(): RealMachines {
  return {
    async missing() {
      const path = qemuPath();
      const found = await findQemu(path);
      if (!('missing' in found)) return undefined;
      return path === undefined
        ? { sentence: found.missing, briefly: l10n.t('QEMU is not installed here, or too old.') }
        : {
            sentence: l10n.t('The setting `vmlab.qemu.path` does not help: {0}', found.missing),
            briefly: l10n.t('The setting `vmlab.qemu.path` names no QEMU that serves.'),
          };
    },
    async run(run, { signal, progress }) {
      const isBusy = loadavg()[0]! > availableParallelism();
      const { report, queryMigrate, remarks } = await runOnQemu(run, {
        signal,
        qemu: qemuPath(),
        progress: ({ phase, done, total }) => progress(phase, done, total),
      });
      return { report, queryMigrate, remarks: isBusy ? [...remarks, busy()] : remarks };
    },
  };
}

/** Where the user says that QEMU is; undefined: wherever it is found. A workspace cannot say it: see the manifest. */
function qemuPath(): string | undefined {
  return workspace.getConfiguration('vmlab').get('qemu.path', '').trim() || undefined;
}

function busy(): string {
  return l10n.t(
    'This computer had more to do than cores to do it: the real times are those of a busy host. Run the cell again when it is quiet.',
  );
}
