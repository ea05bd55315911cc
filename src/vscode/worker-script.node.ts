import { Uri } from 'vscode';

/** A worker thread is started from the path of its file. */
export function workerScript(extension: Uri): Promise<string> {
  return Promise.resolve(Uri.joinPath(extension, 'dist', 'worker.node.js').fsPath);
}
