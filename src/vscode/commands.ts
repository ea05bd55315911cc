import * as vscode from 'vscode';
import { kindOf, readCheck } from '../lab/notebook/cell-document';
import type { Question, StrategyTask } from '../lab/question';
import type { Lab } from './lab';
import type { Pages } from './pages';
import { chooseLesson, newExperimentNotebook, openLessonOf } from './lessons';
import { chooseAnswer } from './notebook/choose-answer';
import { chooseWorld } from './notebook/choose-world';
import { isLab, selectedCell } from './notebook/notebook-type';
import { taskOf } from './notebook/run-check';
import { checkStrategy } from './strategies/check-strategy';
import { showHint } from './strategies/hints';
import { resetStrategy } from './strategies/reset-strategy';
import { placeOf } from './strategies/strategy-place';

/** Everything that can be asked for by name: from the palette, a CodeLens or a button beneath a cell. */
export function registerCommands(lab: Lab, pages: Pages, extension: vscode.Uri): vscode.Disposable {
  const commands: Record<string, (...args: never[]) => unknown> = {
    'vmlab.checkStrategy': (uri?: vscode.Uri) => withStrategy(uri, (strategy) => checkStrategy(lab, pages, strategy)),
    'vmlab.resetStrategy': (uri?: vscode.Uri) =>
      withStrategy(uri, (strategy) => resetStrategy(lab.course, extension, strategy)),
    'vmlab.openLessonOf': (uri?: vscode.Uri) => withStrategy(uri, openLessonOf),
    'vmlab.openLesson': () => chooseLesson(lab.course),
    'vmlab.newExperiment': () => newExperimentNotebook(),
    'vmlab.showHint': (cell?: vscode.NotebookCell) => hintFor(lab, pages, cell),
    'vmlab.checkCell': (cell: vscode.NotebookCell) => runCell(cell),
    'vmlab.chooseWorld': (cell?: vscode.NotebookCell, choice?: unknown) => worldFor(cell, choice),
    'vmlab.chooseAnswer': (cell: vscode.NotebookCell) => chooseAnswer(lab.course, cell),
  };
  const registrations = Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (...args: never[]) => {
      try {
        return await run(...args);
      } catch (error) {
        // Ours are sentences for people; they belong in front of the person who asked.
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

async function withStrategy<T>(
  uri: vscode.Uri | undefined,
  run: (uri: vscode.Uri) => Promise<T>,
): Promise<T | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  const strategy = uri ?? (active?.languageId === 'typescript' ? active.uri : undefined);
  if (strategy) return run(strategy);
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a strategy file first.'));
  return undefined;
}

async function runCell(cell: vscode.NotebookCell): Promise<void> {
  const ranges = [{ start: cell.index, end: cell.index + 1 }];
  await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: cell.notebook.uri });
}

/** For the cell whose button was pressed, or the one that is selected. */
async function worldFor(pressed: vscode.NotebookCell | undefined, choice: unknown): Promise<void> {
  const cell = pressed ?? selectedCell();
  const isExperiment =
    cell !== undefined && isLab(cell.notebook) && cell.kind === vscode.NotebookCellKind.Code &&
    kindOf(cell.document.getText()) === 'experiment';
  if (isExperiment) return chooseWorld(cell, choice);
  void vscode.window.showInformationMessage(vscode.l10n.t('Select an experiment first.'));
}

/** For the cell whose button was pressed, the cell that is selected, or the strategy that is open. */
async function hintFor(lab: Lab, pages: Pages, pressed: vscode.NotebookCell | undefined): Promise<void> {
  const place = placeOfCell(lab, pressed ?? selectedCell()) ?? placeOfEditor(lab);
  if (place) return showHint(lab.attempts, pages, place.question, place.task);
  const message = vscode.l10n.t('Select a check cell, or open its strategy.');
  void vscode.window.showInformationMessage(message);
}

function placeOfCell(
  lab: Lab,
  cell: vscode.NotebookCell | undefined,
): { question: Question; task: StrategyTask } | undefined {
  if (!cell || !isLab(cell.notebook) || kindOf(cell.document.getText()) !== 'check') return undefined;
  const { file } = readCheck(cell.document.getText());
  return file === undefined ? undefined : taskOf(lab.course, cell, file);
}

function placeOfEditor(lab: Lab): { question: Question; task: StrategyTask } | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && placeOf(lab.course, document.uri);
}
