import * as vscode from 'vscode';
import { judgeAnswer, type AnswerVerdict } from '../../lab/answer/judge-answer';
import { factsOf, withFacts } from '../../lab/notebook/metadata';
import type { PredictionActivity } from '../../lab/question';
import type { Lab } from '../lab';
import type { CellProblems } from './cell-problems';
import type { CellResult, CellRun } from './kernel';
import { answerActivityOf } from './lesson';
import { showAnswer } from './outputs';
import type { Measured } from './run-experiment';

/** Judges an answer cell. A prediction is locked first, then compared with what its experiment measures. */
export async function runAnswer(
  lab: Lab,
  measured: Measured,
  cell: vscode.NotebookCell,
  run: CellRun,
): Promise<CellResult> {
  const activity = answerActivityOf(lab.course, cell);
  const text = cell.document.getText();
  const { locked } = factsOf(cell.metadata.nb);
  const isPrediction = activity.kind === 'prediction';
  const counted = isPrediction ? (locked ?? text) : text;
  let verdict = judgeAnswer(activity, counted);
  markUnreadable(lab.cellProblems, cell, verdict);
  if (isPrediction && verdict.outcome === 'recorded') {
    if (locked === undefined) await lock(cell, text);
    const reports = await measure(activity, measured, cell, run);
    verdict = judgeAnswer(activity, counted, { reports });
  }
  const changed = isPrediction && locked !== undefined && locked.trim() !== text.trim();
  const output = showAnswer({ version: 1, title: activity.title, isPrediction, verdict, ...(changed && { locked }) });
  return { outputs: [output], success: verdict.outcome === 'right' ? true : undefined };
}

/** Runs the experiment that a prediction is about, in its own cell, where its chart belongs. */
async function measure(activity: PredictionActivity, measured: Measured, cell: vscode.NotebookCell, run: CellRun) {
  const cells = cell.notebook.getCells();
  const experiment = cells.find((other) => factsOf(other.metadata.nb).activity === activity.experiment);
  if (!experiment) return [];
  await run.runOther(experiment);
  run.signal.throwIfAborted();
  return measured.get(experiment) ?? [];
}

/** From now on this text is the prediction, whatever the cell says later. */
async function lock(cell: vscode.NotebookCell, text: string): Promise<void> {
  const metadata = { ...cell.metadata, nb: withFacts(cell.metadata.nb, { locked: text }) };
  const edit = new vscode.WorkspaceEdit();
  edit.set(cell.notebook.uri, [vscode.NotebookEdit.updateCellMetadata(cell.index, metadata)]);
  await vscode.workspace.applyEdit(edit);
}

function markUnreadable(problems: CellProblems, cell: vscode.NotebookCell, verdict: AnswerVerdict): void {
  const { summary: message, line, column = 1 } = verdict;
  if (line === undefined) return problems.show(cell.document.uri, []);
  const endColumn = cell.document.lineAt(Math.min(line, cell.document.lineCount) - 1).text.length + 1;
  problems.show(cell.document.uri, [{ message, line, column, endLine: line, endColumn }]);
}
