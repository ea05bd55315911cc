import type { AnswerOutput } from '../../protocol/outputs';
import { score } from '../../protocol/quantities';
import { escapeProse } from './table';

/** How an answer was judged, for readers without our renderer. Explanations are the course's own Markdown. */
export function answerMarkdown(output: AnswerOutput): string {
  const { verdict, locked } = output;
  const counted = locked === undefined ? [] : [`Locked prediction: \`${locked.replaceAll('`', "'").trim()}\``];
  return [`**${escapeProse(verdict.summary)}** ${scoreText(output)}`.trim(), verdict.explanation, ...counted]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function answerText(output: AnswerOutput): string {
  const { verdict, locked } = output;
  const counted = locked === undefined ? '' : `Locked prediction: ${locked.trim()}`;
  return [`${verdict.summary} ${scoreText(output)}`.trim(), verdict.explanation, counted]
    .filter((part) => part !== '')
    .join('\n');
}

/** Points are shown once there is something to score. */
function scoreText({ verdict }: AnswerOutput): string {
  const judged = ['right', 'partly', 'wrong'].includes(verdict.outcome);
  const points = judged ? score(verdict.milliPoints, verdict.maxMilliPoints) : '';
  return points && `(${points})`;
}
