import type { AnswerOutput } from '../../protocol/outputs';
import { answerScoreOf } from '../../protocol/verdict-words';
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

function scoreText({ verdict }: AnswerOutput): string {
  const score = answerScoreOf(verdict);
  return score && `(${score})`;
}
