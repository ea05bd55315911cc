import type { AnswerOutput } from '../../src/protocol/outputs';
import { answerScoreOf } from '../../src/protocol/verdict-words';
import { element } from './dom';
import { icon, type IconName } from './icons';
import { prose, sentence } from './prose';
import type { View } from './view';

type AnswerOutcome = AnswerOutput['verdict']['outcome'];

const ICONS: Record<AnswerOutcome, IconName> = {
  right: 'pass',
  partly: 'partial',
  wrong: 'fail',
  recorded: 'note',
  empty: 'note',
  unreadable: 'fail',
};

/** How an answer was judged, and why. */
export function answerView({ verdict, locked, isPrediction }: AnswerOutput): View {
  const { outcome, summary, explanation } = verdict;
  // A prediction that did not come true is no mistake.
  const shown = isPrediction && outcome === 'wrong' ? 'note' : ICONS[outcome];
  const score = answerScoreOf(verdict);
  const node = element(
    'article',
    { class: `answer ${outcome}` },
    element(
      'header',
      {},
      icon(shown),
      element(
        'div',
        {},
        element('p', { class: 'finding' }, ...sentence(summary)),
        ...(score ? [element('span', { class: 'score' }, score)] : []),
      ),
    ),
    ...prose(explanation),
  );
  if (locked !== undefined) {
    node.append(
      element('p', { class: 'lesser' }, 'Your first prediction counts: ', element('code', {}, locked.trim())),
    );
  }
  return { node, dispose: () => undefined };
}
