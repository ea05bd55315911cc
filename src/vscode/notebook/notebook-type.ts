import { window, workspace, type NotebookCell, type NotebookDocument, type NotebookEditor, type Uri } from 'vscode';
import { CELL_LANGUAGE } from '../../lab/notebook/nbformat';

/** The type of `*.vmlab.ipynb`, as in the manifest. */
export const NOTEBOOK_TYPE = 'vmlab';
export const NOTEBOOK_SUFFIX = '.vmlab.ipynb';

/** Selects the cells that the lab runs. */
export const CELL_SELECTOR = { notebookType: NOTEBOOK_TYPE, language: CELL_LANGUAGE };

export function isLab(notebook: NotebookDocument): boolean {
  return notebook.notebookType === NOTEBOOK_TYPE;
}

/** The cell that a cell's document belongs to. */
export function cellOf(uri: Uri): NotebookCell | undefined {
  const key = uri.toString();
  for (const notebook of workspace.notebookDocuments) {
    if (!isLab(notebook)) continue;
    const cell = notebook.getCells().find((c) => c.document.uri.toString() === key);
    if (cell) return cell;
  }
  return undefined;
}

/** The cell that the reader has selected, if a lab notebook is in front. */
export function selectedCell(
  editor: NotebookEditor | undefined = window.activeNotebookEditor,
): NotebookCell | undefined {
  if (!editor || !isLab(editor.notebook) || editor.selection.isEmpty) return undefined;
  return editor.notebook.cellAt(editor.selection.start);
}
