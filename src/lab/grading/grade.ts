import { judgeAnswer, type AnswerVerdict } from '../answer/judge-answer';
import type { LabelledReport, Question } from '../question';
import type { StrategyRunner } from '../strategy-runner';
import type { Verdict } from '../verdict';
import { gradeStrategy } from './grade-strategy';

/** Everything that a learner hands in for one question. */
export interface Submission {
  /** The text of each answer cell, by activity. */
  readonly answers: Readonly<Record<string, string>>;
  /** The strategy files, by the path that the task names. */
  readonly files: Readonly<Record<string, string>>;
  /** The reports of the experiments that were run, by activity. Predictions look at them; they change no points. */
  readonly reports?: Readonly<Record<string, readonly LabelledReport[]>>;
}

export interface QuestionVerdict {
  readonly question: string;
  readonly milliPoints: number;
  /** Without the essays, which no program scores. */
  readonly maxMilliPoints: number;
  readonly answers: readonly AnswerVerdict[];
  readonly tasks: readonly Verdict[];
  readonly seed: number;
}

/** Grades a whole question. Pure and deterministic; never throws because of what was handed in. */
export function grade(
  question: Question,
  submission: Submission,
  seed: number,
  runner: StrategyRunner,
): QuestionVerdict {
  const answers: AnswerVerdict[] = [];
  const tasks: Verdict[] = [];
  let maxMilliPoints = 0;
  for (const activity of question.activities) {
    if (activity.kind !== 'essay') maxMilliPoints += activity.milliPoints;
    if (activity.kind === 'strategy') {
      const source = own(submission.files, activity.file) ?? '';
      tasks.push(gradeStrategy(question.id, activity, { file: activity.file, source }, seed, runner));
    } else if (activity.kind !== 'experiment') {
      const reports = activity.kind === 'prediction' ? own(submission.reports ?? {}, activity.experiment) : undefined;
      answers.push(judgeAnswer(activity, own(submission.answers, activity.id) ?? '', { reports }));
    }
  }
  const milliPoints = [...answers, ...tasks].reduce((sum, verdict) => sum + verdict.milliPoints, 0);
  return { question: question.id, milliPoints, maxMilliPoints, answers, tasks, seed };
}

/** The names in a submission are its author's: `constructor` is not an answer. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
