import type { Uri } from 'vscode';
import { taskOfFile, type Course } from '../../lab/course';
import type { Question, StrategyTask } from '../../lab/question';

/** The task that a file is the strategy of. The question's folder decides; without one, the file's own name. */
export function placeOf(course: Course, uri: Uri): { question: Question; task: StrategyTask } | undefined {
  const folders = uri.path.split('/');
  const inFolder = course.questions.filter(({ id }) => folders.includes(id));
  for (const question of inFolder.length > 0 ? inFolder : course.questions) {
    const task = taskOfFile(question, uri.path);
    if (task) return { question, task };
  }
  return undefined;
}
