import * as vscode from 'vscode';
import type { Course } from '../../lab/course';
import { placeOf } from './strategy-place';

/** Puts the starter back into a strategy file, after asking. It is an edit like any other: it can be undone. */
export async function resetStrategy(course: Course, extension: vscode.Uri, uri: vscode.Uri): Promise<void> {
  const place = placeOf(course, uri);
  if (!place)
    throw new Error(vscode.l10n.t('This file belongs to no task of the course, so there is no starter for it.'));
  const { question, task } = place;
  const reset = vscode.l10n.t('Reset');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Replace {0} by its starter?', task.file),
    {
      modal: true,
      detail: vscode.l10n.t('What you wrote is replaced. Undo (Ctrl+Z) brings it back while the editor is open.'),
    },
    reset,
  );
  if (answer !== reset) return;
  const starter = vscode.Uri.joinPath(extension, 'dist', 'course', question.id, task.file);
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(starter));
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), text);
  await vscode.workspace.applyEdit(edit);
  await document.save();
  await vscode.window.showTextDocument(document);
}
