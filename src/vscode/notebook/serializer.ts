import * as vscode from 'vscode';
import { decode, encode, type Cell, type Notebook } from '../../lab/notebook/nbformat';
import { readOutput, type Output } from '../../lab/notebook/outputs';
import { fromItem, toItem } from './output-items';
import { NOTEBOOK_TYPE } from './notebook-type';

/**
 * Between the bytes of `*.vmlab.ipynb` and VS Code. What VS Code has no place for travels in metadata: `nb`. Only `id`
 * and `attachments` stand at the top of a cell's metadata, because VS Code looks for them there.
 */
class Serializer implements vscode.NotebookSerializer {
  deserializeNotebook(bytes: Uint8Array): vscode.NotebookData {
    const { cells, ...metadata } = decode(textOf(bytes));
    const data = new vscode.NotebookData(cells.map(toCellData));
    data.metadata = metadata;
    return data;
  }

  serializeNotebook(data: vscode.NotebookData): Uint8Array {
    const metadata = data.metadata as Omit<Notebook, 'cells'> | undefined;
    return new TextEncoder().encode(encode({ ...metadata, cells: data.cells.map(fromCellData) }));
  }
}

export function registerSerializer(): vscode.Disposable {
  return vscode.workspace.registerNotebookSerializer(NOTEBOOK_TYPE, new Serializer(), { transientOutputs: false });
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Decoding it anyway would replace the bytes, and the next save would write the replacements.
    throw new Error('This file is not text in UTF-8.');
  }
}

function toCellData(cell: Cell): vscode.NotebookCellData {
  const kind = cell.kind === 'markdown' ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code;
  const data = new vscode.NotebookCellData(kind, cell.text, cell.language);
  const { id, attachments, nb } = cell;
  data.metadata = { ...(id !== undefined && { id }), ...(attachments !== undefined && { attachments }), nb };
  data.outputs = cell.outputs.map((o) => new vscode.NotebookCellOutput(o.items.map(toItem), { nb: o.nb }));
  if (cell.executionCount !== undefined) data.executionSummary = { executionOrder: cell.executionCount };
  return data;
}

function fromCellData(data: vscode.NotebookCellData): Cell {
  const markup = data.kind === vscode.NotebookCellKind.Markup;
  const { id, attachments, nb } = (data.metadata ?? {}) as Pick<Cell, 'id' | 'attachments' | 'nb'>;
  return {
    kind: markup ? 'markdown' : data.languageId === 'raw' ? 'raw' : 'code',
    language: markup ? 'markdown' : data.languageId,
    text: data.value,
    id,
    attachments,
    nb,
    outputs: (data.outputs ?? []).map(fromOutput),
    executionCount: data.executionSummary?.executionOrder,
  };
}

/** An output that still shows the bytes it was read with is the one of the file. */
function fromOutput(output: vscode.NotebookCellOutput): Output {
  const nb = (output.metadata as Pick<Output, 'nb'> | undefined)?.nb;
  const read = nb === undefined ? undefined : readOutput(nb);
  const unchanged =
    read?.items.length === output.items.length && read.items.every((item, i) => same(toItem(item), output.items[i]));
  return read && unchanged ? read : { items: output.items.map(fromItem), nb };
}

function same(a: vscode.NotebookCellOutputItem, b: vscode.NotebookCellOutputItem | undefined): boolean {
  return a.mime === b?.mime && a.data.length === b.data.length && a.data.every((byte, i) => byte === b.data[i]);
}
