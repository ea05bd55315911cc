import { plural } from '../../protocol/quantities';
import { duration, size } from '../experiment/quantity';
import type {
  AnswerActivity,
  LabelledReport,
  MultipleActivity,
  NumberActivity,
  NumberUnit,
  OrderActivity,
  PredictionActivity,
} from '../question';
import { readAnswer } from './read-answer';

/** What is to be said of an answer. */
export interface AnswerVerdict {
  readonly activity: string;
  readonly outcome: AnswerOutcome;
  readonly milliPoints: number;
  readonly maxMilliPoints: number;
  /** One line. */
  readonly summary: string;
  /** A few sentences, Markdown; may be empty. */
  readonly explanation: string;
  /** Where the text could not be read, 1-based. */
  readonly line?: number;
  readonly column?: number;
}

export type AnswerOutcome =
  | 'right'
  | 'partly'
  | 'wrong'
  /** Kept, and not judged: an essay, or a prediction whose experiment has not been run. */
  | 'recorded'
  | 'empty'
  | 'unreadable';

export interface JudgeContext {
  /** The reports of a prediction's experiment, once it has been run. */
  readonly reports?: readonly LabelledReport[];
}

/** Judges the text of an answer cell. Pure; never throws, whatever the text. */
export function judgeAnswer(activity: AnswerActivity, text: string, context: JudgeContext = {}): AnswerVerdict {
  const read = readAnswer(activity, text);
  const say = (outcome: AnswerOutcome, share: number, summary: string, explanation = ''): AnswerVerdict => ({
    activity: activity.id,
    outcome,
    milliPoints: Math.floor(activity.milliPoints * share),
    maxMilliPoints: activity.milliPoints,
    summary,
    explanation,
  });
  if (read.kind === 'empty') return say('empty', 0, read.message);
  if (read.kind === 'unreadable')
    return { ...say('unreadable', 0, read.message), line: read.line, column: read.column };
  const { value } = read;
  switch (activity.kind) {
    case 'choice': {
      const right = value === activity.answer;
      const { reply } = activity.options.find(({ id }) => id === value)!;
      return say(right ? 'right' : 'wrong', right ? 1 : 0, right ? 'Right.' : 'Not this one.', reply);
    }
    case 'multiple':
      return judgeMultiple(activity, value as readonly string[], say);
    case 'order':
      return judgeOrder(activity, value as readonly string[], say);
    case 'number':
      return judgeNumber(activity, value as number, say);
    case 'prediction':
      return judgePrediction(activity, value as string | number, context, say);
    case 'essay':
      return say('recorded', 0, 'Your text is kept. It is read by people and never scored by a program.');
  }
}

type Say = (outcome: AnswerOutcome, share: number, summary: string, explanation?: string) => AnswerVerdict;

function judgeMultiple(activity: MultipleActivity, chosen: readonly string[], say: Say): AnswerVerdict {
  const good = chosen.filter((id) => activity.answer.includes(id)).length;
  const bad = chosen.length - good;
  const share = Math.max(0, good - bad) / activity.answer.length;
  const replies = activity.options
    .filter(({ id }) => chosen.includes(id))
    .map(({ id, reply }) => `- \`${id}\`: ${reply}`);
  if (bad === 0 && good === activity.answer.length)
    return say('right', 1, 'Right: these, and no others.', replies.join('\n'));
  const right = chosen.length === 0 ? 'None is chosen' : `${good} of the ${chosen.length} chosen ${are(good)} right`;
  const summary = `${right}; ${activity.answer.length} ${are(activity.answer.length)} to be found.`;
  return say(share > 0 ? 'partly' : 'wrong', share, summary, replies.join('\n'));
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function judgeOrder(activity: OrderActivity, chosen: readonly string[], say: Say): AnswerVerdict {
  const { answer, options, explanation } = activity;
  const inOrder = longestCommonSubsequence(chosen, answer);
  if (inOrder === answer.length && chosen.length === answer.length) return say('right', 1, 'Right.', explanation);
  const stray = chosen.filter((id) => !answer.includes(id));
  const share = Math.max(0, inOrder - stray.length) / answer.length;
  const first = chosen.findIndex((id, i) => id !== answer[i]);
  const at = first < 0 ? chosen.length : first;
  const missing =
    chosen.length < answer.length ? ` ${answer.length} steps are needed, yours has ${chosen.length}.` : '';
  const place = at === 0 ? 'the first step' : `step ${at + 1}`;
  const hint =
    stray.length > 0
      ? options.find(({ id }) => id === stray[0])!.reply
      : chosen[at]
        ? options.find(({ id }) => id === chosen[at])!.reply
        : '';
  return say(share > 0 ? 'partly' : 'wrong', share, `Not yet: look at ${place}.${missing}`, hint);
}

function judgeNumber(activity: NumberActivity, value: number, say: Say): AnswerVerdict {
  const { answer, absoluteTolerance, relativeTolerance, unit, explanation } = activity;
  // A hair less than the difference: an answer at the very edge of the tolerance is inside, whatever the rounding.
  const off = Math.abs(value - answer) - 1e-9 * Math.abs(answer);
  if (off <= absoluteTolerance || off <= relativeTolerance * Math.abs(answer))
    return say('right', 1, 'Right.', explanation);
  return say('wrong', 0, `Not ${show(unit, value)}: that is too ${value < answer ? 'little' : 'much'}.`);
}

function judgePrediction(
  activity: PredictionActivity,
  value: string | number,
  context: JudgeContext,
  say: Say,
): AnswerVerdict {
  if (!context.reports || context.reports.length === 0) {
    return say('recorded', 1, 'Your prediction is kept. Now run the experiment below and compare.');
  }
  const measured = activity.measured(context.reports);
  if (measured === undefined) {
    return say('recorded', 1, 'The experiment as it stands does not decide this prediction: run it as it was given.');
  }
  const { ask } = activity;
  const hit =
    'options' in ask
      ? measured === value
      : Math.abs(Number(measured) - Number(value)) <= ask.relativeTolerance * Math.abs(Number(measured));
  const [predicted, found] = [value, measured].map((one) =>
    'options' in ask ? `\`${one}\`` : show(ask.unit, Number(one)),
  );
  const summary = hit ? `As you predicted: ${found}.` : `You predicted ${predicted}; measured was ${found}.`;
  const reply = 'options' in ask && !hit ? ask.options.find(({ id }) => id === value)?.reply : '';
  return say(hit ? 'right' : 'wrong', 1, summary, [reply, activity.explanation].filter(Boolean).join(' '));
}

function show(unit: NumberUnit, value: number): string {
  if (unit === 'duration') return duration.write(Number(value.toPrecision(3)));
  if (unit === 'size') return size.write(value);
  return unit === 'pages' ? plural(Math.round(value), 'page') : String(Number(value.toPrecision(4)));
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    b.forEach((other, j) => next.push(one === other ? row[j] + 1 : Math.max(row[j + 1], next[j])));
    row = next;
  }
  return row[b.length];
}
