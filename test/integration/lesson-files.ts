import * as vscode from 'vscode';

/** Files for one test in a folder of their own in the workspace, and what tests do with notebooks. */
export function folderFor(name: string): vscode.Uri {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  if (!workspace) throw new Error('The tests need a folder to be open.');
  return vscode.Uri.joinPath(workspace.uri, 'tests', name);
}

export async function write(uri: vscode.Uri, text: string): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

export async function read(uri: vscode.Uri): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await vscode.workspace.fs.readFile(uri));
}

/** A notebook's text, with these cells. */
export function notebookOf(cells: object[], metadata: object = {}): string {
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`;
}

let cellNumber = 0;

export function codeCell(text: string, metadata: object = {}): object {
  const source = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return { cell_type: 'code', execution_count: null, id: `cell-${cellNumber++}`, metadata, outputs: [], source };
}

/** Opens a notebook as a reader would, and waits until its editor is there. */
export async function openLesson(uri: vscode.Uri): Promise<vscode.NotebookDocument> {
  const opened = eventually(
    () => vscode.window.activeNotebookEditor?.notebook.uri.toString() === uri.toString(),
    [vscode.window.onDidChangeActiveNotebookEditor],
  );
  await vscode.commands.executeCommand('vscode.openWith', uri, 'vmlab');
  await opened;
  return vscode.window.activeNotebookEditor!.notebook;
}

/** Runs a cell and waits until its execution has ended. */
export async function runCell(notebook: vscode.NotebookDocument, index: number): Promise<vscode.NotebookCell> {
  const cell = notebook.cellAt(index);
  const before = cell.executionSummary?.timing?.endTime;
  const ended = eventually(
    () => (cell.executionSummary?.timing?.endTime ?? before) !== before,
    [vscode.workspace.onDidChangeNotebookDocument],
  );
  await startCell(notebook, index);
  await ended;
  return cell;
}

export async function startCell(notebook: vscode.NotebookDocument, index: number): Promise<void> {
  const ranges = [{ start: index, end: index + 1 }];
  await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri });
}

/** Resolves as soon as the condition holds, which is looked at now and whenever one of the events fires. */
export function eventually(condition: () => boolean, events: vscode.Event<unknown>[]): Promise<void> {
  return new Promise((resolve) => {
    if (condition()) return resolve();
    const subscriptions = events.map((event) =>
      event(() => {
        if (!condition()) return;
        subscriptions.forEach((subscription) => subscription.dispose());
        resolve();
      }),
    );
  });
}

export function outputText(cell: vscode.NotebookCell, mime: string): string | undefined {
  const item = cell.outputs.flatMap((output) => output.items).find((i) => i.mime === mime);
  return item && new TextDecoder().decode(item.data);
}

export async function closeEverything(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
