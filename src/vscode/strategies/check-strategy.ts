import * as vscode from 'vscode';
import { scoreText, verdictMarkdown } from '../../lab/present/verdict-output';
import type { Verdict } from '../../lab/verdict';
import { signalOf } from '../jobs';
import type { Lab } from '../lab';
import type { Pages } from '../pages';
import { readStrategy, type StrategyFile } from './strategy-file';
import { placeOf } from './strategy-place';
import { mayRunWorkspaceCode } from './trust';

/** Checks a strategy outside of a notebook: from its CodeLens or from the command palette. */
export async function checkStrategy(lab: Lab, pages: Pages, uri: vscode.Uri): Promise<Verdict | undefined> {
  if (!(await mayRunWorkspaceCode())) return undefined;
  const place = placeOf(lab.course, uri);
  if (!place) {
    const message = vscode.l10n.t(
      'This file belongs to no task of the course. Its name decides: strategies/pre-copy.ts, for example.',
    );
    void vscode.window.showWarningMessage(message);
    return undefined;
  }
  const { question, task } = place;
  const file = await readStrategy(uri);
  const job = {
    kind: 'check',
    question: question.id,
    task: task.id,
    file: task.file,
    source: file.text,
    seed: 1,
  } as const;
  const verdict = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Checking {0}', task.file),
      cancellable: true,
    },
    async (_, token) => {
      const signal = signalOf(token);
      return lab.jobs.check(job, signal).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
    },
  );
  if (!verdict) return undefined;
  lab.strategyProblems.show(uri, verdict, file.text);
  await lab.attempts.record(verdict, file.text);
  void announce(verdict, file, pages);
  return verdict;
}

/** One line, which screen readers speak, with the way to the rest. */
async function announce(verdict: Verdict, file: StrategyFile, pages: Pages): Promise<void> {
  const details = vscode.l10n.t('Details');
  const line = verdict.feedback?.where.line;
  const goTo = line === undefined ? [] : [vscode.l10n.t('Go to line {0}', line)];
  const show = verdict.outcome === 'pass' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const choice = await show(`${verdict.summary} ${scoreText(verdict)}`.trim(), details, ...goTo);
  if (choice === details) {
    const title = `# ${vscode.l10n.t('Check of {0}', verdict.file)}`;
    await pages.open(`/${verdict.question}/${verdict.task}.md`, `${title}\n\n${verdictMarkdown(verdict)}\n`);
  } else if (choice !== undefined && line !== undefined) {
    const position = new vscode.Position(line - 1, (verdict.feedback?.where.column ?? 1) - 1);
    await vscode.window.showTextDocument(file.uri, { selection: new vscode.Range(position, position) });
  }
}
