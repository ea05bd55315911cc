import { commands, l10n, window, workspace } from 'vscode';

/**
 * May code of this workspace be run? If not, says so and offers to change it. Cells need no such question, because
 * VS Code asks before it runs any; commands and CodeLenses do.
 */
export async function mayRunWorkspaceCode(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = l10n.t('Manage Workspace Trust');
  const message = l10n.t('Strategies of this folder are only run if you trust the authors of its files.');
  const choice = await window.showWarningMessage(message, manage);
  if (choice === manage) await commands.executeCommand('workbench.trust.manage');
  return workspace.isTrusted;
}
