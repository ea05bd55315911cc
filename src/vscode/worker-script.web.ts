import { Uri, workspace } from 'vscode';

/** A web worker is started from its text, because the file's address is another origin. */
export async function workerScript(extension: Uri): Promise<string> {
  return new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(extension, 'dist', 'worker.web.js')));
}
