import * as vscode from 'vscode';
import { WORLD_CHOICES, withWorld, worldIn, type WorldChoice } from '../../lab/experiment';

/** How a choice is called, and what it means. */
export function worldTexts(choice: WorldChoice): { name: string; icon: string; detail: string } {
  switch (choice) {
    case 'simulator':
      return {
        name: vscode.l10n.t('Simulator'),
        icon: 'beaker',
        detail: vscode.l10n.t('In milliseconds, and the same on every computer'),
      };
    case 'qemu':
      return {
        name: vscode.l10n.t('QEMU'),
        icon: 'vm',
        detail: vscode.l10n.t('A real migration between two QEMU processes on this computer'),
      };
    case 'both':
      return {
        name: vscode.l10n.t('Simulator and QEMU'),
        icon: 'split-horizontal',
        detail: vscode.l10n.t('Both on one chart, with the differences in a table'),
      };
  }
}

/** Writes a world into the cell, as if it had been typed; which one, the reader says unless the caller does. Starts nothing. */
export async function chooseWorld(cell: vscode.NotebookCell, given?: unknown): Promise<void> {
  const { document } = cell;
  const choice = given === undefined ? await ask(worldIn(document.getText())) : WORLD_CHOICES.find((one) => one === given);
  const change = choice && withWorld(document.getText(), choice);
  if (!change) return;
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(change.start), document.positionAt(change.end));
  edit.replace(document.uri, range, change.text);
  await vscode.workspace.applyEdit(edit);
}

async function ask(now: WorldChoice): Promise<WorldChoice | undefined> {
  const picks = WORLD_CHOICES.map((choice) => {
    const { name, icon, detail } = worldTexts(choice);
    return { label: `$(${icon}) ${name}`, description: choice === now ? vscode.l10n.t('now') : '', detail, choice };
  });
  const title = vscode.l10n.t('Where is this experiment to be run?');
  return (await vscode.window.showQuickPick(picks, { title, matchOnDetail: true }))?.choice;
}
