import * as vscode from 'vscode';
import type { Verdict } from '../../lab/verdict';

/** Marks the line of a strategy that the last check complained about, until the file is edited. */
export class StrategyProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('vmlab-strategies');
  private readonly subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0) this.collection.delete(document.uri);
  });

  dispose(): void {
    this.subscription.dispose();
    this.collection.dispose();
  }

  /** Shows what a check of this text found, in place of what was shown before. */
  show(uri: vscode.Uri, verdict: Verdict, text: string): void {
    const { feedback, outcome } = verdict;
    if (!feedback || outcome === 'pass' || outcome === 'infra') return this.collection.delete(uri);
    const severity = outcome === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
    const message = [feedback.happened, feedback.next].filter((part) => part !== '').join('\n');
    const diagnostic = new vscode.Diagnostic(
      rangeOf(text, feedback.where.line, feedback.where.column),
      message,
      severity,
    );
    diagnostic.source = 'Live Migration Lab';
    diagnostic.code = verdict.task;
    this.collection.set(uri, [diagnostic]);
  }
}

/** From the column to the end of the line; without a line, the line that exports the strategy. */
function rangeOf(text: string, line: number | undefined, column = 1): vscode.Range {
  const lines = text.split(/\r?\n/);
  const exported = lines.findIndex((l) => /^\s*export\s+default\b/.test(l));
  const row = Math.min(line === undefined ? Math.max(exported, 0) : line - 1, lines.length - 1);
  const content = lines[row] ?? '';
  const indent = content.length - content.trimStart().length;
  const start = line === undefined || column - 1 >= content.length ? indent : Math.max(column - 1, 0);
  return new vscode.Range(row, start, row, content.trimEnd().length);
}
