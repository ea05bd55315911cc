import * as vscode from 'vscode';
import { findActivity, findQuestion, type Course } from '../../lab/course';
import { factsOf } from '../../lab/notebook/metadata';
import type { AnswerActivity, Question } from '../../lab/question';

/** The question that a cell belongs to. Throws one sentence for people. */
export function questionOf(course: Course, { metadata, notebook }: vscode.NotebookCell): Question {
  const id = factsOf(metadata.nb).question ?? factsOf(notebook.metadata.nb).question;
  const question = id === undefined ? undefined : findQuestion(course, id);
  if (question) return question;
  throw new Error(
    vscode.l10n.t('This notebook belongs to no question of the course: only experiments can be run in it.'),
  );
}

/** The activity that an answer cell belongs to, by its metadata. Throws one sentence for people. */
export function answerActivityOf(course: Course, cell: vscode.NotebookCell): AnswerActivity {
  const question = questionOf(course, cell);
  const { activity: id } = factsOf(cell.metadata.nb);
  const activity = id === undefined ? undefined : findActivity(question, id);
  if (activity && activity.kind !== 'experiment' && activity.kind !== 'strategy') return activity;
  throw new Error(
    vscode.l10n.t('This answer belongs to no activity: answer in the cell that the lesson gives for it.'),
  );
}
