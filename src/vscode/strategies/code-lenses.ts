import * as vscode from 'vscode';

/** Check, reset and lesson, above the strategy that a file exports. */
class StrategyLenses implements vscode.CodeLensProvider {
  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const text = document.getText();
    const exported =
      /^[ \t]*export\s+default\b/m.exec(text) ?? /^[ \t]*export\s+(?:async\s+)?function\s*\*/m.exec(text);
    if (!exported) return [];
    const range = document.lineAt(document.positionAt(exported.index + exported[0].search(/\S/)).line).range;
    const lens = (command: string, title: string) =>
      new vscode.CodeLens(range, { command, title, arguments: [document.uri] });
    return [
      lens('vmlab.checkStrategy', vscode.l10n.t('$(check) Check')),
      lens('vmlab.resetStrategy', vscode.l10n.t('Reset to starter')),
      lens('vmlab.openLessonOf', vscode.l10n.t('Open the lesson')),
    ];
  }
}

export function registerCodeLenses(): vscode.Disposable {
  const selector = { language: 'typescript', pattern: '**/strategies/*.ts' };
  return vscode.languages.registerCodeLensProvider(selector, new StrategyLenses());
}
