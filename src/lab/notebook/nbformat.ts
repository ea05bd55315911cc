import { isRaw, JsonError, member, parse, plain, print, toJson } from './json';
import type { Document, Json, JsonObject, Node, Style } from './json';
import { joined, lines, readOutput, writeOutput, type Output } from './outputs';

/**
 * Notebooks between the file (Jupyter's nbformat 4) and an editor, such that a notebook that nobody changed comes back
 * byte for byte, and a changed cell changes its own lines only. Whatever this file does not understand is kept: in
 * `nb`, which the editor carries along without looking into it.
 */
export interface Notebook {
  cells: Cell[];
  /** What the file says besides its cells; absent for a new notebook. */
  nb?: JsonObject;
  style?: Style;
  /** What stands before and after the document: a byte order mark, the newline at the end. */
  edges?: [string, string];
  /** The text before, between and after the cells, if its layout is one that `print` would not produce. */
  frame?: string[];
}

export interface Cell {
  kind: 'code' | 'markdown' | 'raw';
  /** Of a code cell. */
  language: string;
  text: string;
  id?: string;
  attachments?: Json;
  outputs: Output[];
  executionCount?: number;
  /** The cell as it stands in the file, without what the fields above say; absent for a new one. */
  nb?: Json;
}

type Refuse = (node: Node, problem: string) => never;

/** The language of the cells that the lab runs. */
export const CELL_LANGUAGE = 'yaml';

/** What says to Jupyter and GitHub whose cells these are. */
export const LAB_METADATA = {
  kernelspec: { display_name: 'VM Lab', language: CELL_LANGUAGE, name: 'vmlab' },
  language_info: { file_extension: '.yaml', mimetype: 'text/yaml', name: CELL_LANGUAGE },
};

const NEW_NOTEBOOK = {
  cells: [],
  metadata: LAB_METADATA,
  nbformat: 4,
  nbformat_minor: 5,
};
const JUPYTER_STYLE: Style = { indent: ' ', newline: '\n', colon: ': ', comma: ',' };
const KINDS = ['code', 'markdown', 'raw'] as const;

/**
 * Reads a notebook. An empty file is a new notebook.
 * @throws JsonError one sentence for people, with line and column, if this is no notebook.
 */
export function decode(text: string): Notebook {
  if (text.trim() === '') return { cells: [] };
  const document = parse(text);
  const { root, style } = document;
  const refuse: Refuse = (node, problem) => {
    throw new JsonError(text, node.start, problem);
  };
  const list = member(root, 'cells');
  const format = member(root, 'nbformat');
  if (!root.members || !format) return refuse(root, 'a notebook is expected, with the keys "cells" and "nbformat"');
  if (format.leaf !== 4) refuse(format, 'nbformat 4 is expected; open and save the notebook in Jupyter to convert it');
  if (!list?.items) return refuse(list ?? root, 'the notebook needs a list "cells"');
  const nodes = list.items;
  const cells = nodes.map((node) => readCell(document, node, refuse));
  const edges: [string, string] = [text.slice(0, root.start), text.slice(root.end)];
  const nb = { ...membersOf(document, root), cells: [] };
  if (!root.regular || !list.regular) return { cells, nb, style, edges, frame: frame(text, nodes) };
  return { cells, nb, style, edges };
}

/** The text of the file. */
export function encode(notebook: Notebook): string {
  const { style = JUPYTER_STYLE, nb = NEW_NOTEBOOK, edges = ['', '\n'], frame: pieces } = notebook;
  const cells = withIds(notebook.cells, nb).map((cell) => print(writeCell(cell), style, 2));
  if (pieces && pieces.length === cells.length + 1) {
    return pieces.map((piece, i) => piece + (cells[i] ?? '')).join('');
  }
  const value = { ...nb, cells: cells.map(($raw) => ({ $raw })) };
  return edges[0] + print(value, style) + edges[1];
}

function readCell(document: Document, node: Node, refuse: Refuse): Cell {
  const type = member(node, 'cell_type');
  const kind =
    KINDS.find((k) => k === type?.leaf) ?? refuse(type ?? node, `"cell_type" must be one of ${KINDS.join(', ')}`);
  const source = member(node, 'source') ?? refuse(node, 'this cell has no "source"');
  const text = joined(plain(toJson(document, source)));
  if (text === undefined) return refuse(source, 'the source of a cell must be a text or a list of texts');
  const outputs = kind === 'code' ? member(node, 'outputs') : undefined;
  if (outputs && !outputs.items) refuse(outputs, 'the outputs of a cell must be a list');
  const attachments = member(node, 'attachments');
  const members = membersOf(document, node);
  const cell: Cell = {
    ...fieldsOf(members),
    kind,
    text,
    outputs: (outputs?.items ?? []).map((output) => readOutput(toJson(document, output))),
    ...(attachments && { attachments: toJson(document, attachments) }),
    nb: withoutFields(members, kind),
  };
  const original = document.text.slice(node.start, node.end);
  const same = print(writeCell(cell), document.style, 2) === original;
  return same ? cell : { ...cell, nb: { $raw: original } };
}

/** The members of an object in order, each as it is spelt. */
function membersOf(document: Document, node: Node): JsonObject {
  return Object.fromEntries((node.members ?? []).map((m) => [m.name, toJson(document, m.node)]));
}

/** What a cell's members say of its language, id and execution count. */
function fieldsOf(members: JsonObject): Pick<Cell, 'language' | 'id' | 'executionCount'> {
  const id = plain(members.id ?? null);
  const count = plain(members.execution_count ?? null);
  const type = members.cell_type;
  return {
    language: type === 'code' ? (languageOf(members) ?? CELL_LANGUAGE) : type === 'markdown' ? 'markdown' : 'raw',
    ...(typeof id === 'string' && { id }),
    ...(typeof count === 'number' && { executionCount: count }),
  };
}

/** VS Code's own Jupyter support writes a cell's language to the same place. */
function languageOf(nb: JsonObject): string | undefined {
  const metadata = plain(nb.metadata ?? null) as { vscode?: { languageId?: string } } | null;
  return metadata?.vscode?.languageId;
}

/** The cell's members, emptied of what the editor holds. */
function withoutFields(members: JsonObject, kind: Cell['kind']): JsonObject {
  const result = { ...members };
  if ('attachments' in result) result.attachments = {};
  if (kind === 'code' && 'outputs' in result) result.outputs = [];
  result.source = typeof result.source === 'string' ? '' : [];
  return result;
}

function writeCell(cell: Cell): Json {
  const { nb } = cell;
  if (nb === undefined) return newCell(cell);
  if (isRaw(nb)) return rewriteCell(nb, cell);
  const result = { ...(nb as JsonObject) };
  if (cell.kind !== result.cell_type) changeKind(result, cell.kind);
  if (cell.id !== undefined) result.id = cell.id;
  if (cell.attachments !== undefined) result.attachments = cell.attachments;
  if (cell.kind === 'code') {
    if (cell.outputs.length > 0 || 'outputs' in result) result.outputs = cell.outputs.map(writeOutput);
    if (fieldsOf(result).executionCount !== cell.executionCount) result.execution_count = cell.executionCount ?? null;
  }
  if (fieldsOf(result).language !== cell.language) result.metadata = withLanguage(result.metadata, cell.language);
  result.source = typeof result.source === 'string' ? cell.text : lines(cell.text);
  return result;
}

/** A cell in an unusual layout: left alone as long as it says the same, else laid out anew. */
function rewriteCell(raw: { $raw: string }, cell: Cell): Json {
  const document = parse(raw.$raw);
  const read = readCell(document, document.root, (node, problem) => {
    throw new JsonError(raw.$raw, node.start, problem);
  });
  if (sameCell(read, cell)) return raw;
  return writeCell({ ...cell, nb: withoutFields(membersOf(document, document.root), read.kind) });
}

/** An editor holds one kind of line break per cell; that alone is no change. */
function unified(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Jupyter's order of keys. */
function newCell(cell: Cell): JsonObject {
  const code = cell.kind === 'code';
  const language = code && cell.language !== CELL_LANGUAGE;
  return {
    ...(cell.attachments !== undefined && { attachments: cell.attachments }),
    cell_type: cell.kind,
    ...(code && { execution_count: cell.executionCount ?? null }),
    ...(cell.id !== undefined && { id: cell.id }),
    metadata: language ? { vscode: { languageId: cell.language } } : {},
    ...(code && { outputs: cell.outputs.map(writeOutput) }),
    source: lines(cell.text),
  };
}

function changeKind(members: JsonObject, kind: Cell['kind']): void {
  members.cell_type = kind;
  delete members.outputs;
  delete members.execution_count;
  if (kind === 'code') Object.assign(members, { execution_count: null, outputs: [] });
}

function withLanguage(metadata: Json | undefined, language: string): Json {
  const rest = plainObject(metadata ?? {});
  return { ...rest, vscode: { ...plainObject(rest.vscode ?? {}), languageId: language } };
}

function sameCell(a: Cell, b: Cell): boolean {
  const essence = ({ kind, language, id, executionCount, attachments = null, text, outputs }: Cell) =>
    JSON.stringify([
      kind,
      language,
      id,
      executionCount,
      plain(attachments),
      unified(text),
      outputs.map((o) => o.items),
    ]);
  return essence(a) === essence(b);
}

/** nbformat 4.5 wants an id in every cell. Cells usually have one by now; a copy that was just pasted may not. */
function withIds(cells: Cell[], root: JsonObject): Cell[] {
  if (typeof root.nbformat_minor !== 'number' || root.nbformat_minor < 5) return cells;
  const taken = new Set(cells.map((cell) => cell.id));
  return cells.map((cell) => {
    const wanted = cell.id === undefined && (cell.nb === undefined || 'id' in plainObject(cell.nb));
    if (!wanted) return cell;
    let n = 1;
    while (taken.has(`cell-${n}`)) n++;
    taken.add(`cell-${n}`);
    return { ...cell, id: `cell-${n}` };
  });
}

function plainObject(json: Json): JsonObject {
  const value = plain(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function frame(text: string, cells: Node[]): string[] {
  const starts = [...cells.map((cell) => cell.start), text.length];
  const ends = [0, ...cells.map((cell) => cell.end)];
  return ends.map((end, i) => text.slice(end, starts[i]));
}
