import { l10n } from 'vscode';
import type { RealMachines } from './machines';

/** A browser starts no QEMU. */
export function realMachines(): RealMachines {
  const sentence = l10n.t(
    'This VS Code runs in a browser, which cannot start QEMU. For real machines, open the same notebook in VS Code on a computer; everything else works here as it does there.',
  );
  const briefly = l10n.t('QEMU is not run in a browser.');
  return {
    missing: () => Promise.resolve({ sentence, briefly }),
    run: () => Promise.reject(new Error(briefly)),
  };
}
