import * as vscode from 'vscode';
import { findTask, taskOfFile, type Course } from '../../lab/course';
import { readCheck } from '../../lab/notebook/cell-document';
import { factsOf } from '../../lab/notebook/metadata';
import type { Question, StrategyTask } from '../../lab/question';
import type { Lab } from '../lab';
import { readBeside } from '../strategies/strategy-file';
import { refuse } from './cell-problems';
import type { CellResult, CellRun } from './kernel';
import { questionOf } from './lesson';
import { showVerdict } from './outputs';

/** Checks the strategy that a check cell names. */
export async function runCheck(
  lab: Lab,
  cell: vscode.NotebookCell,
  { signal, progress }: CellRun,
): Promise<CellResult> {
  const { file, problems } = readCheck(cell.document.getText());
  if (file === undefined) return refuse(lab.cellProblems, cell, problems);
  lab.cellProblems.show(cell.document.uri, []);
  const { question, task } = taskOf(lab.course, cell, file);
  const { uri, text } = await readBeside(cell.notebook.uri, file);
  const seed = factsOf(cell.notebook.metadata.nb).seed ?? 1;
  const verdict = await lab.jobs.check(
    { kind: 'check', question: question.id, task: task.id, file: task.file, source: text, seed },
    signal,
    progress,
  );
  lab.strategyProblems.show(uri, verdict, text);
  await lab.attempts.record(verdict, text);
  const success = verdict.outcome === 'pass' ? true : verdict.outcome === 'infra' ? undefined : false;
  return { outputs: [showVerdict({ version: 1, verdict })], success };
}

/** The task that a check cell is about: by the file, else by what its metadata says. Throws one sentence for people. */
export function taskOf(
  course: Course,
  cell: vscode.NotebookCell,
  file: string,
): { question: Question; task: StrategyTask } {
  const question = questionOf(course, cell);
  const { task: id } = factsOf(cell.metadata.nb);
  const task = taskOfFile(question, file) ?? (id === undefined ? undefined : findTask(question, id));
  if (task) return { question, task };
  const files = question.activities.flatMap((a) => (a.kind === 'strategy' ? `./${a.file}` : []));
  throw new Error(vscode.l10n.t('{0} belongs to no task of this question. Its tasks are {1}.', file, files.join(', ')));
}
