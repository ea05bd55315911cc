import { course } from '../../labs';
import { findQuestion, findTask, strategyTasks, taskOfFile } from '../lab/course';
import { verdictText } from '../lab/present/verdict-output';
import type { Question, StrategyTask } from '../lab/question';
import type { Verdict } from '../lab/verdict';
import { Exit, UsageError } from './exit';
import { readInput } from './input';
import { print, printJson, visibleIn } from './printed';
import { runInWorker } from './run-in-worker';

export interface CheckOptions {
  json?: true;
  seed?: number;
  task?: string;
}

/** `vmlab check QUESTION FILE`: what a student sees. Exit 0: passed, 1: not passed, 3: could not be checked. */
export async function check(questionName: string, file: string, { json, seed = 1, task: taskName }: CheckOptions): Promise<void> {
  if (file === '') throw new UsageError('the name of a file is empty: name a strategy.');
  const question = findQuestion(course, questionName);
  if (!question) {
    const known = course.questions.map(({ id, number }) => `${number} (${id})`).join(', ');
    throw new UsageError(`there is no question "${questionName}" in this version; there is ${known}.`);
  }
  const task = taskFor(question, file, taskName);
  const source = await readInput(file);
  let verdict: Verdict | undefined;
  await runInWorker({ kind: 'check', question: question.id, task: task.id, file: task.file, source, seed }, (message) => {
    if (message.kind === 'verdict') verdict = message.verdict;
  });
  if (!verdict) throw new Error('the check ended without a verdict.');
  if (json) printJson(verdict);
  else print(verdictText(visibleIn(verdict)));
  if (verdict.outcome === 'infra') process.exitCode = Exit.infra;
  else process.exitCode = verdict.outcome === 'pass' ? Exit.ok : Exit.failed;
}

function taskFor(question: Question, file: string, name: string | undefined): StrategyTask {
  const task = name === undefined ? taskOfFile(question, file) : findTask(question, name);
  if (task) return task;
  const known = strategyTasks(question).map(({ id }) => id).join(', ');
  throw new UsageError(
    name === undefined
      ? `${file}: no task of question ${question.number} has a file of this name; say which task it is for with --task: ${known}.`
      : `question ${question.number} has no task "${name}"; it has ${known}.`,
  );
}
