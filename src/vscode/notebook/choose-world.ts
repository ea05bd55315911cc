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

/** Offers the worlds in a list and writes the choice into the cell, as if it had been typed. Starts nothing. */
export async function chooseWorld(cell: vscode.NotebookCell): Promise<void> {
  const { document } = cell;
  const now = worldIn(document.getText());
  const picks = WORLD_CHOICES.map((choice) => {
    const { name, icon, detail } = worldTexts(choice);
    return { label: `$(${icon}) ${name}`, description: choice === now ? vscode.l10n.t('now') : '', detail, choice };
  });
  const pick = await vscode.window.showQuickPick(picks, {
    title: vscode.l10n.t('Where is this experiment to be run?'),
    matchOnDetail: true,
  });
  const change = pick && withWorld(document.getText(), pick.choice);
  if (!change) return;
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(change.start), document.positionAt(change.end));
  edit.replace(document.uri, range, change.text);
  await vscode.workspace.applyEdit(edit);
}
