import * as vscode from 'vscode';
import { Disk } from './disk';
import { registerSearch } from './search';

/** Gives the VS Code in the browser the folder that the lab server serves, under the scheme `labfs`. */
export function activate(context: vscode.ExtensionContext): void {
  // The extension is served under the secret path, so its own address is the key to the file API.
  const disk = new Disk(context.extensionUri.toString(true).replace(/\/$/, ''));
  context.subscriptions.push(
    disk,
    vscode.workspace.registerFileSystemProvider('labfs', disk, { isCaseSensitive: true }),
    ...registerSearch(disk),
  );
}
