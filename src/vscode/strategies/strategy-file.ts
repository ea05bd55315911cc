import * as vscode from 'vscode';

/** A strategy file as the learner sees it, with changes that are not saved yet. */
export interface StrategyFile {
  uri: vscode.Uri;
  text: string;
}

/** More than anybody writes by hand; reading a huge file would block the editor. */
const MOST_BYTES = 1_000_000;

/**
 * Reads the file that a notebook names (`./strategies/mine.ts`). Throws one sentence for people.
 * Only files of the notebook's own workspace folder (or its own folder, if it is in none) are read.
 */
export async function readBeside(notebook: vscode.Uri, name: string): Promise<StrategyFile> {
  const folder = vscode.Uri.joinPath(notebook, '..');
  const root = vscode.workspace.getWorkspaceFolder(notebook)?.uri ?? folder;
  const uri = vscode.Uri.joinPath(folder, name);
  if (!/^\.{0,2}\/?[^:\\]*$/.test(name) || !uri.path.startsWith(`${root.path.replace(/\/$/, '')}/`)) {
    throw new Error(
      vscode.l10n.t('{0} is outside this folder. Name a file in it, such as ./strategies/mine.ts.', name),
    );
  }
  return readStrategy(uri, name);
}

/** Reads a strategy. Throws one sentence for people; `name` is how they call it. */
export async function readStrategy(uri: vscode.Uri, name = fileName(uri)): Promise<StrategyFile> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return { uri, text: open.getText() };
  let bytes: Uint8Array;
  try {
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch {
    throw new Error(vscode.l10n.t('There is no file {0} here.', name));
  }
  if (bytes.length > MOST_BYTES)
    throw new Error(vscode.l10n.t('{0} is larger than one megabyte; a strategy is a few lines.', name));
  return { uri, text: new TextDecoder().decode(bytes) };
}

export function fileName(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) ?? uri.path;
}
