import * as vscode from 'vscode';
import type { Course } from '../../lab/course';
import { keyAt, namesUnder, type Key } from '../../lab/experiment';
import { kindOf } from '../../lab/notebook/cell-document';
import { yamlCursor } from '../../lab/notebook/yaml-cursor';
import { optionsOfCell } from './choose-answer';
import { CELL_SELECTOR, cellOf } from './notebook-type';

/** Completion and hover in the lab's cells, for experiments from the same table of keys that reads them. */
export function registerCellLanguage(course: Course): vscode.Disposable {
  const provideCompletionItems = (document: vscode.TextDocument, position: vscode.Position) =>
    complete(course, document, position);
  const triggers = [' ', '{', '[', '/'];
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(CELL_SELECTOR, { provideCompletionItems }, ...triggers),
    vscode.languages.registerHoverProvider(CELL_SELECTOR, { provideHover: hover }),
  );
}

async function complete(
  course: Course,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const text = document.getText();
  const { path, at, start } = yamlCursor(text, document.offsetAt(position));
  const range = new vscode.Range(document.positionAt(start), position);
  const items = await itemsAt(course, document, path, at);
  return items.map((item, i) => Object.assign(item, { range, sortText: String(i).padStart(3, '0') }));
}

async function itemsAt(
  course: Course,
  document: vscode.TextDocument,
  path: string[],
  at: 'key' | 'value',
): Promise<vscode.CompletionItem[]> {
  const text = document.getText();
  switch (kindOf(text)) {
    case 'answer':
      return at === 'value' ? options(course, document) : [];
    case 'check':
      return at === 'value' ? (await strategyFiles(document)).map(valueItem) : [];
    case 'experiment': {
      if (at === 'key') return keysUnder(path, text.trim() === '');
      const files = isTechnique(path) ? await strategyFiles(document) : [];
      return [...valuesOf(path), ...files].map(valueItem);
    }
  }
}

function valueItem(value: string): vscode.CompletionItem {
  return new vscode.CompletionItem(value, vscode.CompletionItemKind.Value);
}

function options(course: Course, document: vscode.TextDocument): vscode.CompletionItem[] {
  const cell = cellOf(document.uri);
  return (cell ? optionsOfCell(course, cell) : []).map(({ id, text }) =>
    Object.assign(valueItem(id), { detail: text === id ? undefined : text }),
  );
}

function keysUnder(path: string[], isEmpty: boolean): vscode.CompletionItem[] {
  const items = namesUnder(...path).map((name) => {
    const key = keyAt(...path, name);
    const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Property);
    item.insertText = `${name}: `;
    item.detail = key && vscode.l10n.t('default: {0}', key.default);
    item.documentation = key && markdownOf(key);
    item.command = { command: 'editor.action.triggerSuggest', title: '' };
    return item;
  });
  return isEmpty ? [wholeExperiment(), ...items] : items;
}

function wholeExperiment(): vscode.CompletionItem {
  const item = new vscode.CompletionItem(vscode.l10n.t('experiment'), vscode.CompletionItemKind.Snippet);
  item.detail = vscode.l10n.t('A complete experiment');
  item.insertText = new vscode.SnippetString(
    'guest: { memory: ${1:1 GiB}, workload: ${2|hot-cold,linear,random,sequential,idle|}, writes: ${3:64 MiB/s} }\n' +
      'link: ${4:1 Gbit/s}\ncompare: [${5:stop-and-copy, pre-copy, post-copy}]',
  );
  return item;
}

function valuesOf(path: string[]): readonly string[] {
  return keyAt(...path)?.values ?? [];
}

function isTechnique(path: string[]): boolean {
  const [top, key = 'use'] = path;
  return (top === 'technique' || top === 'compare') && key === 'use';
}

async function strategyFiles(document: vscode.TextDocument): Promise<string[]> {
  const notebook = cellOf(document.uri)?.notebook;
  if (!notebook) return [];
  const folder = vscode.Uri.joinPath(notebook.uri, '..', 'strategies');
  const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  return entries.flatMap(([name]) => (name.endsWith('.ts') && !name.endsWith('.d.ts') ? `./strategies/${name}` : []));
}

function hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  const range = document.getWordRangeAtPosition(position, /[\w.-]+/);
  if (!range || kindOf(document.getText()) !== 'experiment') return undefined;
  const { path, at } = yamlCursor(document.getText(), document.offsetAt(range.end));
  const word = document.getText(range);
  // A value may have a name of its own, such as an optimisation's.
  const named = path.at(-1) === word ? path : [...path, word];
  const key = keyAt(...named) ?? (at === 'value' ? keyAt(...path) : undefined);
  return key && new vscode.Hover(markdownOf(key), range);
}

function markdownOf(key: Key): vscode.MarkdownString {
  const accepts = vscode.l10n.t('Accepts {0}. Default: {1}.', key.accepts, key.default);
  return new vscode.MarkdownString(
    `**${key.path}** — ${key.meaning}\n\n${accepts}\n\n\`\`\`yaml\n${key.example}\n\`\`\``,
  );
}
