import * as vscode from 'vscode';
import type { Course } from '../../lab/course';
import { kindOf } from '../../lab/notebook/cell-document';
import { factsOf } from '../../lab/notebook/metadata';
import { worldIn } from '../../lab/experiment';
import { optionsOfCell } from './choose-answer';
import { worldTexts } from './choose-world';
import { CELL_SELECTOR, NOTEBOOK_TYPE } from './notebook-type';

/** Buttons beneath a cell: choose an answer, or the world of an experiment; check a strategy, or get a hint for it. */
export function registerCellStatusBar(course: Course): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    // A prediction is locked by its metadata, of which VS Code does not know that it matters here.
    vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
      if (cellChanges.some((change) => change.metadata)) changed.fire();
    }),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, {
      onDidChangeCellStatusBarItems: changed.event,
      provideCellStatusBarItems: (cell) => itemsOf(course, cell),
    }),
  );
}

function itemsOf(course: Course, cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
  if (cell.document.languageId !== CELL_SELECTOR.language) return [];
  const kind = kindOf(cell.document.getText());
  if (kind === 'check') {
    return [
      item(
        cell,
        'vmlab.checkCell',
        vscode.l10n.t('$(check) Check'),
        vscode.l10n.t('Check the strategy in the sandbox'),
      ),
      item(cell, 'vmlab.showHint', vscode.l10n.t('$(lightbulb) Hint'), vscode.l10n.t('Show the next hint')),
    ];
  }
  if (kind === 'experiment') return [worldItem(cell)];
  if (kind !== 'answer') return [];
  const locked = factsOf(cell.metadata.nb).locked !== undefined;
  const lock = new vscode.NotebookCellStatusBarItem(
    vscode.l10n.t('$(lock) Locked'),
    vscode.NotebookCellStatusBarAlignment.Left,
  );
  lock.tooltip = vscode.l10n.t('The prediction that was compared with the experiment is the one that counts');
  if (locked) return [lock];
  return optionsOfCell(course, cell).length > 0
    ? [
        item(
          cell,
          'vmlab.chooseAnswer',
          vscode.l10n.t('$(list-selection) Choose…'),
          vscode.l10n.t('Choose an answer from a list'),
        ),
      ]
    : [];
}

/** Shows where the experiment is run, and lets that be chosen. */
function worldItem(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem {
  const { name, icon, detail } = worldTexts(worldIn(cell.document.getText()));
  return item(cell, 'vmlab.chooseWorld', `$(${icon}) ${name}`, vscode.l10n.t('Runs here: {0}. {1}. Press to choose.', name, detail));
}

function item(
  cell: vscode.NotebookCell,
  command: string,
  text: string,
  tooltip: string,
): vscode.NotebookCellStatusBarItem {
  const result = new vscode.NotebookCellStatusBarItem(text, vscode.NotebookCellStatusBarAlignment.Left);
  result.command = { command, title: text, arguments: [cell] };
  result.tooltip = tooltip;
  result.accessibilityInformation = { label: tooltip, role: 'button' };
  return result;
}
