import * as vscode from 'vscode';
import { optionsOf, type Course } from '../../lab/course';
import type { Option } from '../../lab/question';
import { answerActivityOf } from './lesson';

/** What there is to choose from in a cell; nothing if it is no answer by choosing. */
export function optionsOfCell(course: Course, cell: vscode.NotebookCell): readonly Option[] {
  try {
    return optionsOf(answerActivityOf(course, cell));
  } catch {
    // An answer that belongs to nothing says so when it is run.
    return [];
  }
}

/** Offers the options in a list and writes what was chosen into the cell, as if it had been typed. */
export async function chooseAnswer(course: Course, cell: vscode.NotebookCell): Promise<void> {
  const activity = answerActivityOf(course, cell);
  const options = optionsOf(activity);
  if (options.length === 0) return;
  const { prompt } = activity;
  const chosen =
    activity.kind === 'multiple'
      ? await chooseSeveral(options, prompt)
      : activity.kind === 'order'
        ? await chooseOrder(options, prompt)
        : (await vscode.window.showQuickPick(options.map(pickOf), { title: activity.title, placeHolder: prompt }))
            ?.label;
  if (chosen === undefined) return;
  const answer = typeof chosen === 'string' ? chosen : `[${chosen.join(', ')}]`;
  const { document } = cell;
  const edit = new vscode.WorkspaceEdit();
  // What stands above the answer, such as a comment that says what is accepted, stays.
  const start = Math.max(0, document.getText().search(/^answer[ \t]*:/m));
  const old = new vscode.Range(document.positionAt(start), new vscode.Position(document.lineCount, 0));
  edit.replace(document.uri, document.validateRange(old), `answer: ${answer}`);
  await vscode.workspace.applyEdit(edit);
}

async function chooseSeveral(options: readonly Option[], placeHolder: string): Promise<string[] | undefined> {
  const picks = await vscode.window.showQuickPick(options.map(pickOf), { canPickMany: true, placeHolder });
  return picks?.map((pick) => pick.label);
}

/** One step after the other; "Done" when the rest does not belong. */
async function chooseOrder(options: readonly Option[], prompt: string): Promise<string[] | undefined> {
  const done = vscode.l10n.t('$(check) Done');
  const chosen: string[] = [];
  while (chosen.length < options.length) {
    const rest = options.filter(({ id }) => !chosen.includes(id)).map(pickOf);
    const end = chosen.length > 0 ? [{ label: done, detail: chosen.join(' → ') }] : [];
    const title = vscode.l10n.t('Step {0}', chosen.length + 1);
    const pick = await vscode.window.showQuickPick([...end, ...rest], { title, placeHolder: prompt });
    if (!pick) return undefined;
    if (pick.label === done) break;
    chosen.push(pick.label);
  }
  return chosen;
}

function pickOf({ id, text }: Option): vscode.QuickPickItem {
  return text === id ? { label: id } : { label: id, detail: text };
}
