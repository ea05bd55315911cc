import * as vscode from 'vscode';
import type { Question, StrategyTask } from '../../lab/question';
import type { Pages } from '../pages';
import type { Attempts } from './attempts';

/** Shows the next hint for a task on a page with those before it, or says what opens it. */
export async function showHint(
  attempts: Attempts,
  pages: Pages,
  question: Question,
  task: StrategyTask,
): Promise<void> {
  const offer = await attempts.nextHint(question.id, task);
  switch (offer.kind) {
    case 'none':
      return say(vscode.l10n.t('There are no hints for this task.'));
    case 'try-first':
      if (offer.shown === 0) return say(vscode.l10n.t('Check an attempt of your own first.'));
      return open(offer.shown, vscode.l10n.t('The next hint opens after another attempt.'));
    case 'hint':
      return open(offer.number, '');
    case 'all-shown':
      return open(task.hints.length, vscode.l10n.t('These are all.'));
  }

  async function open(shown: number, note: string): Promise<void> {
    const title = `# ${vscode.l10n.t('Hints for {0}', task.file)}`;
    const hints = task.hints.slice(0, shown).map((hint, i) => {
      return `## ${vscode.l10n.t('Hint {0} of {1}', i + 1, task.hints.length)}\n\n${hint}`;
    });
    await pages.open(`/${question.id}/hints-${task.id}.md`, [title, ...hints, note].join('\n\n'));
  }
}

/** Not awaited: it stays until the reader closes it. Short, because VS Code shows one line of it. */
function say(message: string): void {
  void vscode.window.showInformationMessage(message);
}
