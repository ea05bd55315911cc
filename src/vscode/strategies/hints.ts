import * as vscode from 'vscode';
import type { Question, StrategyTask } from '../../lab/question';
import type { Attempts } from './attempts';

/** Shows the next hint for a task, or says what opens it. */
export async function showHint(attempts: Attempts, question: Question, task: StrategyTask): Promise<void> {
  const offer = await attempts.nextHint(question.id, task);
  switch (offer.kind) {
    case 'hint':
      return say(vscode.l10n.t('Hint {0} of {1}: {2}', offer.number, offer.of, plain(offer.text)));
    case 'try-first':
      return say(
        offer.shown === 0
          ? vscode.l10n.t('Check a strategy of your own first: hints open one by one, each after an attempt.')
          : vscode.l10n.t(
              'You have seen {0} of {1} hints. The next one opens after another attempt.',
              offer.shown,
              offer.of,
            ),
      );
    case 'all-shown':
      return say(vscode.l10n.t('You have seen all hints. The last one: {0}', plain(offer.texts.at(-1) ?? '')));
    case 'none':
      return say(vscode.l10n.t('There are no hints for {0}.', task.file));
  }
}

/** Not awaited: it stays until the reader closes it. */
function say(message: string): void {
  void vscode.window.showInformationMessage(message);
}

/** A notification shows no Markdown. */
function plain(markdown: string): string {
  return markdown.replace(/[`*]/g, '').replace(/\s+/g, ' ');
}
