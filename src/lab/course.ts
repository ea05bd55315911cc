import type { Activity, Option, Question, StrategyTask } from './question';

/** All questions of a course, by number. */
export interface Course {
  readonly questions: readonly Question[];
}

/** The question with this id, or with this number (`5`), as people write it on a command line. */
export function findQuestion(course: Course, name: string): Question | undefined {
  return course.questions.find(({ id, number }) => id === name || String(number) === name.replace(/^0+/, ''));
}

export function findActivity(question: Question, id: string): Activity | undefined {
  return question.activities.find((activity) => activity.id === id);
}

/** What there is to choose from in an activity; nothing if it is not answered by choosing. */
export function optionsOf(activity: Activity): readonly Option[] {
  if ('options' in activity) return activity.options;
  return activity.kind === 'prediction' && 'options' in activity.ask ? activity.ask.options : [];
}

export function strategyTasks(question: Question): StrategyTask[] {
  return question.activities.filter((activity) => activity.kind === 'strategy');
}

export function findTask(question: Question, id: string): StrategyTask | undefined {
  return strategyTasks(question).find((task) => task.id === id);
}

/** The task that a file belongs to, by the end of its path, whatever the separators. */
export function taskOfFile(question: Question, path: string): StrategyTask | undefined {
  const plain = path.replaceAll('\\', '/');
  const tasks = strategyTasks(question);
  return (
    tasks.find(({ file }) => plain === file || plain.endsWith(`/${file}`)) ??
    tasks.find(({ file }) => plain.split('/').at(-1) === file.split('/').at(-1))
  );
}
