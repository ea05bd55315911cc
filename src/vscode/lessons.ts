import * as vscode from 'vscode';
import type { Course } from '../lab/course';
import { encode } from '../lab/notebook/nbformat';
import { NOTEBOOK_SUFFIX, NOTEBOOK_TYPE } from './notebook/notebook-type';

/** Lessons lie at most this deep in a workspace. */
const MAX_DEPTH = 3;

const FIRST_EXPERIMENT = `guest: { memory: 1 GiB, workload: hot-cold, writes: 64 MiB/s }
link: 1 Gbit/s
compare: [stop-and-copy, pre-copy, post-copy]`;

/** `openNotebookDocument` would open it as a plain Jupyter notebook, whatever the association says. */
export async function openLesson(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, NOTEBOOK_TYPE);
}

/** "Open a Lesson…": lets the reader choose among those of the workspace. */
export async function chooseLesson(course: Course): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const lessons = (await Promise.all(folders.map((folder) => notebooksIn(folder.uri, MAX_DEPTH)))).flat();
  if (lessons.length === 0) {
    const message = vscode.l10n.t('Open the folder of the course first.');
    return void vscode.window.showInformationMessage(message);
  }
  const items = lessons.map((uri) => ({
    uri,
    label: titleOf(course, uri),
    description: vscode.workspace.asRelativePath(uri),
  }));
  items.sort((a, b) => (a.description < b.description ? -1 : 1));
  const pick = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Which lesson?'),
    matchOnDescription: true,
  });
  if (pick) await openLesson(pick.uri);
}

/** Opens the lesson that a strategy belongs to: the notebook in the folder above it. */
export async function openLessonOf(strategy: vscode.Uri): Promise<void> {
  const [lesson] = await notebooksIn(vscode.Uri.joinPath(strategy, '..', '..'), 0);
  if (lesson) return openLesson(lesson);
  void vscode.window.showInformationMessage(vscode.l10n.t('There is no lesson in the folder above this file.'));
}

/** "New Experiment Notebook…": a file first, because a notebook without one could not be saved under our name. */
export async function newExperimentNotebook(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) return void vscode.window.showInformationMessage(vscode.l10n.t('Open a folder for the notebook first.'));
  const target = (name: string) => vscode.Uri.joinPath(folder, `${name.trim()}${NOTEBOOK_SUFFIX}`);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Experiment Notebook'),
    prompt: vscode.l10n.t('A name without ending; the file is made in {0}.', vscode.workspace.asRelativePath(folder)),
    value: 'my-experiment',
    validateInput: async (value) => {
      if (!/^[^\\/:*?"<>|]+$/.test(value.trim())) return vscode.l10n.t('A name is letters, digits and dashes.');
      return (await exists(target(value)))
        ? vscode.l10n.t('This notebook is there already; choose another name.')
        : undefined;
    },
  });
  if (name === undefined) return;
  const cells = [
    { kind: 'markdown' as const, language: 'markdown', text: `# ${name.trim()}`, outputs: [] },
    {
      kind: 'code' as const,
      language: 'yaml',
      text: FIRST_EXPERIMENT,
      outputs: [],
    },
  ];
  await vscode.workspace.fs.writeFile(target(name), new TextEncoder().encode(encode({ cells })));
  await openLesson(target(name));
}

async function notebooksIn(folder: vscode.Uri, depth: number): Promise<vscode.Uri[]> {
  const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  const found = entries.map(async ([name, type]) => {
    const uri = vscode.Uri.joinPath(folder, name);
    if (type & vscode.FileType.Directory) {
      return depth === 0 || name.startsWith('.') || name === 'node_modules' ? [] : notebooksIn(uri, depth - 1);
    }
    return name.endsWith(NOTEBOOK_SUFFIX) ? [uri] : [];
  });
  return (await Promise.all(found)).flat();
}

/** The question's title if the lesson lies in its folder, else the file's name. */
function titleOf(course: Course, uri: vscode.Uri): string {
  const folders = uri.path.split('/');
  const question = course.questions.find(({ id }) => folders.includes(id));
  return question ? `${question.number} · ${question.title}` : folders.at(-1)!.slice(0, -NOTEBOOK_SUFFIX.length);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}
