import * as vscode from 'vscode';
import { parseExperiment, type Problem } from '../../lab/experiment';
import { kindOf, readCheck } from '../../lab/notebook/cell-document';
import { CELL_LANGUAGE } from '../../lab/notebook/nbformat';
import type { CellResult } from './kernel';
import { cellOf } from './notebook-type';

/** Long enough not to disturb somebody who is typing. */
const TYPING_PAUSE_MS = 400;

/** Marks what is wrong in the cells that the lab runs, while they are edited and when they are run. */
export class CellProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('vmlab-cells');
  private readonly pending = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly subscriptions = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument((document) => this.consider(document)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => this.consider(document)),
    vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri)),
  );

  constructor() {
    for (const document of vscode.workspace.textDocuments) this.consider(document);
  }

  dispose(): void {
    for (const timer of this.pending.values()) clearTimeout(timer);
    this.subscriptions.dispose();
    this.collection.dispose();
  }

  /** Shows these problems in place of those that were shown before; what a run says is not wiped off by a look that is due. */
  show(uri: vscode.Uri, problems: readonly Problem[]): void {
    clearTimeout(this.pending.get(uri.toString()));
    this.pending.delete(uri.toString());
    this.collection.set(uri, problems.map(diagnosticOf));
  }

  private consider(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'vscode-notebook-cell' || document.languageId !== CELL_LANGUAGE) return;
    const key = document.uri.toString();
    clearTimeout(this.pending.get(key));
    const look = () => {
      this.pending.delete(key);
      if (!document.isClosed && cellOf(document.uri)) this.show(document.uri, problemsOf(document.getText()));
    };
    this.pending.set(key, setTimeout(look, TYPING_PAUSE_MS));
  }

  private forget(uri: vscode.Uri): void {
    clearTimeout(this.pending.get(uri.toString()));
    this.pending.delete(uri.toString());
    this.collection.delete(uri);
  }
}

/** What can be said of a cell without running it. Answers are judged when they are run, not while they are written. */
function problemsOf(text: string): readonly Problem[] {
  if (text.trim() === '') return [];
  const kind = kindOf(text);
  return kind === 'answer' ? [] : kind === 'check' ? readCheck(text).problems : parseExperiment(text).problems;
}

function diagnosticOf({ message, line, column, endLine, endColumn }: Problem): vscode.Diagnostic {
  const range = new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
  const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'Live Migration Lab';
  return diagnostic;
}

/** What a cell with these problems shows instead of a result. */
export function refuse(collection: CellProblems, cell: vscode.NotebookCell, problems: readonly Problem[]): CellResult {
  collection.show(cell.document.uri, problems);
  const lines = problems.map((p) => vscode.l10n.t('Line {0}, column {1}: {2}', p.line, p.column, p.message));
  return { outputs: [errorOutput(vscode.l10n.t('Not run'), lines.join('\n'))], success: false };
}

/** An error as a sentence for people: without a stack, which would only say where our code was. */
export function errorOutput(name: string, message: string): vscode.NotebookCellOutput {
  const error = Object.assign(new Error(message), { name, stack: '' });
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error(error)]);
}
