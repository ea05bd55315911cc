import type { AnswerVerdict } from '../lab/answer/judge-answer';
import type { Outcome, Verdict, Where } from '../lab/verdict';
import { plural, score, seconds } from './quantities';

/** What is said of a verdict wherever it is shown: in the notebook, in Markdown, in a terminal. */

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  pass: 'passed',
  partial: 'partly passed',
  fail: 'failed',
  error: 'could not be run',
  limit: 'stopped at a limit',
  infra: 'not scored: our side failed',
};

/** Our side's failures are never scored, so they show no points; nor does what is worth none. */
export function scoreOf({ outcome, milliPoints, maxMilliPoints }: Verdict): string {
  return outcome === 'infra' ? 'not scored' : score(milliPoints, maxMilliPoints);
}

/** An answer shows points once there is something to score. */
export function answerScoreOf({ outcome, milliPoints, maxMilliPoints }: AnswerVerdict): string {
  return ['right', 'partly', 'wrong'].includes(outcome) ? score(milliPoints, maxMilliPoints) : '';
}

/** `line 12, column 3`, `1.25 s after the start`, `page 0x1a4`, `smallest guest that shows it: 3 pages, 1 write/s`. */
export function placesOf({ line, column, seconds: time, page, smallest }: Where): string[] {
  return [
    ...(line === undefined ? [] : [`line ${line}${column === undefined ? '' : `, column ${column}`}`]),
    ...(time === undefined ? [] : [`${seconds(time)} after the start`]),
    ...(page === undefined ? [] : [`page 0x${page.toString(16)}`]),
    ...(smallest === undefined ? [] : [`smallest guest that shows it: ${guestText(smallest)}`]),
  ];
}

function guestText({ pages, writesPerSecond }: NonNullable<Where['smallest']>): string {
  return `${plural(pages, 'page')}, ${plural(writesPerSecond, 'write')}/s`;
}
