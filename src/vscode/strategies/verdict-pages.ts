import * as vscode from 'vscode';
import { verdictMarkdown } from '../../lab/present/verdict-output';
import type { Verdict } from '../../lab/verdict';

const SCHEME = 'vmlab-verdict';

/** Verdicts as read-only pages in the editor's own Markdown preview, which every screen reader can walk through. */
export class VerdictPages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly verdicts = new Map<string, Verdict>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  /** One page for each task; a later verdict takes the place of the earlier one. */
  async open(verdict: Verdict): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${verdict.question}/${verdict.task}.md` });
    this.verdicts.set(uri.path, verdict);
    this.changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const verdict = this.verdicts.get(uri.path);
    if (!verdict) return vscode.l10n.t('This verdict is from an earlier session. Check the strategy again.');
    return `# ${vscode.l10n.t('Check of {0}', verdict.file)}\n\n${verdictMarkdown(verdict)}\n`;
  }
}
