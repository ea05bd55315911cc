import * as vscode from 'vscode';
import { findActivity, findQuestion, type Course } from '../../lab/course';
import { factsOf } from '../../lab/notebook/metadata';
import type { AnswerActivity, Question } from '../../lab/question';

/** The question that a notebook is the lesson of. Throws one sentence for people. */
export function questionOf(course: Course, notebook: vscode.NotebookDocument): Question {
  const { question: id } = factsOf(notebook.metadata.nb);
  const question = id === undefined ? undefined : findQuestion(course, id);
  if (question) return question;
  throw new Error(vscode.l10n.t('This notebook belongs to no question of the course: only experiments can be run in it.'));
}

/** The activity that an answer cell belongs to, by its metadata. Throws one sentence for people. */
export function answerActivityOf(course: Course, cell: vscode.NotebookCell): AnswerActivity {
  const question = questionOf(course, cell.notebook);
  const { activity: id } = factsOf(cell.metadata.nb);
  const activity = id === undefined ? undefined : findActivity(question, id);
  if (activity && activity.kind !== 'experiment' && activity.kind !== 'strategy') return activity;
  throw new Error(vscode.l10n.t('This answer belongs to no activity: answer in the cell that the lesson gives for it.'));
}
