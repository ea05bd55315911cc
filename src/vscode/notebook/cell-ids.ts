import { NotebookEdit, workspace, WorkspaceEdit, type Disposable, type NotebookCell } from 'vscode';
import { isLab } from './notebook-type';

/**
 * nbformat 4.5 wants an id in every cell, and answers are found by it. VS Code takes the id away from a copied cell.
 * Only added cells get one: answering every change would answer Ctrl+Z as well, and nothing could be undone any more.
 */
export function registerCellIds(): Disposable {
  return workspace.onDidChangeNotebookDocument(async ({ notebook, contentChanges }) => {
    if (!isLab(notebook)) return;
    const added = contentChanges
      .flatMap((change) => change.addedCells)
      .filter((cell) => cell.metadata.id === undefined);
    const wanting = added.filter((cell) => !belongsToOldFormat(cell));
    if (wanting.length === 0) return;
    const edit = new WorkspaceEdit();
    edit.set(
      notebook.uri,
      wanting.map((cell) => NotebookEdit.updateCellMetadata(cell.index, { ...cell.metadata, id: newId() })),
    );
    await workspace.applyEdit(edit);
  });
}

/** Before nbformat 4.5 an id was not allowed. */
function belongsToOldFormat({ notebook }: NotebookCell): boolean {
  const minor: unknown = notebook.metadata.nb?.nbformat_minor;
  return typeof minor === 'number' && minor < 5;
}

/** As Jupyter makes them: eight hexadecimal digits. */
function newId(): string {
  return crypto.randomUUID().slice(0, 8);
}
