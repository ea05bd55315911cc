import * as vscode from 'vscode';
import { CELL_LANGUAGE } from '../../lab/notebook/nbformat';
import type { Progress } from '../jobs';
import { errorOutput } from './cell-problems';
import { NOTEBOOK_TYPE } from './notebook-type';

const PROGRESS_MS = 700;

/** What became of a cell's execution. Interrupted is neither: there is nothing to say about it. */
export type CellResult = { outputs: vscode.NotebookCellOutput[]; success: boolean | undefined };

/** Runs one cell. Rejects with the signal's reason if it was interrupted. */
export type RunCell = (cell: vscode.NotebookCell, run: CellRun) => Promise<CellResult>;

export interface CellRun {
  signal: AbortSignal;
  /** Says how far it is, if it takes long enough for anybody to wonder. */
  progress: Progress;
  /** Runs another cell first, e.g. the experiment that a prediction is about. */
  runOther(cell: vscode.NotebookCell): Promise<void>;
}

/**
 * The lab's kernel: takes cells in order, one at a time, and can be interrupted at any time. What a cell means is the
 * business of `runCell`.
 */
export class Kernel implements vscode.Disposable {
  private readonly controller: vscode.NotebookController;
  /** The requests that are under way or waiting. Interrupting a notebook ends all of its own. */
  private readonly requests = new Map<AbortController, vscode.NotebookDocument>();
  private queue: Promise<void> = Promise.resolve();
  /** VS Code takes the number off a cell before it asks for a new one, so they are counted here. */
  private readonly orders = new WeakMap<vscode.NotebookDocument, number>();

  constructor(private readonly runCell: RunCell) {
    this.controller = vscode.notebooks.createNotebookController('vmlab-kernel', NOTEBOOK_TYPE, 'VM Lab');
    this.controller.description = vscode.l10n.t('Runs experiments, answers and checks on this machine');
    this.controller.supportedLanguages = [CELL_LANGUAGE];
    this.controller.supportsExecutionOrder = true;
    this.controller.executeHandler = (cells, notebook) => this.execute(cells, notebook);
    this.controller.interruptHandler = (notebook) => this.interrupt(notebook);
  }

  dispose(): void {
    for (const request of this.requests.keys()) request.abort();
    this.controller.dispose();
  }

  private interrupt(notebook: vscode.NotebookDocument): void {
    for (const [request, of] of this.requests) if (of === notebook) request.abort();
  }

  private execute(cells: vscode.NotebookCell[], notebook: vscode.NotebookDocument): Promise<void> {
    const request = new AbortController();
    this.requests.set(request, notebook);
    const turn = this.queue.then(async () => {
      for (const cell of cells) {
        if (request.signal.aborted) break;
        await this.executeCell(cell, request.signal);
      }
    });
    this.queue = turn
      .catch(() => undefined)
      .finally(() => this.requests.delete(request))
      .then(() => undefined);
    return turn;
  }

  private nextOrder(notebook: vscode.NotebookDocument): number {
    const stored = notebook.getCells().map((cell) => cell.executionSummary?.executionOrder ?? 0);
    const order = 1 + Math.max(this.orders.get(notebook) ?? 0, ...stored);
    this.orders.set(notebook, order);
    return order;
  }

  private async executeCell(cell: vscode.NotebookCell, signal: AbortSignal): Promise<void> {
    const execution = this.controller.createNotebookCellExecution(cell);
    execution.executionOrder = this.nextOrder(cell.notebook);
    execution.start(Date.now());
    try {
      const runOther = (other: vscode.NotebookCell) => this.executeCell(other, signal);
      const progress = progressIn(execution);
      const { outputs, success } = await this.runCell(cell, { signal, progress, runOther });
      await execution.replaceOutput(outputs);
      execution.end(success, Date.now());
    } catch (error) {
      if (signal.aborted) {
        await execution.clearOutput();
        execution.end(undefined, Date.now());
        return;
      }
      const message = error instanceof Error ? error.message : String(error);
      await execution.replaceOutput(errorOutput(vscode.l10n.t('Not run'), message));
      execution.end(false, Date.now());
    }
  }
}

/** Shows progress as the cell's output, but not for what is over in a moment, and not more often than can be read. */
function progressIn(execution: vscode.NotebookCellExecution): Progress {
  let next = Date.now() + PROGRESS_MS;
  return ({ done, total, label }) => {
    if (Date.now() < next || done >= total) return;
    next = Date.now() + PROGRESS_MS;
    const text = vscode.l10n.t('{0} of {1} done; now {2} …', done, total, label);
    void execution.replaceOutput(new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.text(text)]));
  };
}
