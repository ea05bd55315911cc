import { expect } from 'chai';
import * as vscode from 'vscode';
import {
  closeEverything,
  codeCell,
  eventually,
  folderFor,
  notebookOf,
  openLesson,
  outputText,
  runCell,
} from './lesson-files';
import { startCell, write } from './lesson-files';

const REPORT = 'application/vnd.vmlab.report+json';
const ERROR = 'application/vnd.code.notebook.error';
const folder = folderFor('cells');
const at = (name: string) => vscode.Uri.joinPath(folder, name);
const GUEST = 'guest: { memory: 16 MiB, workload: linear, writes: 1 MiB/s, workingSet: 1 MiB }\n';

async function open(name: string, ...cells: string[]): Promise<vscode.NotebookDocument> {
  return openLesson(await write(at(`${name}.vmlab.ipynb`), notebookOf(cells.map((text) => codeCell(text)))));
}

describe('an experiment cell', () => {
  afterEach(closeEverything);

  it('shows its result in three forms, and says that it succeeded', async () => {
    const cell = await runCell(await open('runs', `${GUEST}compare: [stop-and-copy, pre-copy, post-copy]`), 0);
    expect(cell.executionSummary).to.deep.include({ success: true, executionOrder: 1 });
    expect(cell.outputs[0]?.items.map((item) => item.mime)).to.deep.equal([REPORT, 'text/markdown', 'text/plain']);
    const report = JSON.parse(outputText(cell, REPORT)!);
    expect(report.runs.map((run: { technique: string }) => run.technique)).to.deep.equal([
      'stop-and-copy',
      'pre-copy',
      'post-copy',
    ]);
    expect(outputText(cell, 'text/markdown')).to.include('| post-copy |');
    expect(outputText(cell, 'text/plain')).to.match(/^Post-copy stops the guest/);
  });

  it('gives the same bytes when it is run again', async () => {
    const notebook = await open('again', `${GUEST}technique: pre-copy`);
    const first = outputText(await runCell(notebook, 0), REPORT);
    const second = outputText(await runCell(notebook, 0), REPORT);
    expect(second).to.equal(first);
    expect(notebook.cellAt(0).executionSummary?.executionOrder).to.equal(2);
  });

  it('replays a recorded guest that comes with the lab, and gives in this host what the command line gives', async () => {
    const cell = await runCell(await open('recorded', 'guest: { workload: sqlite }\nlink: 1 Gbit/s\ntechnique: pre-copy'), 0);
    const [run] = JSON.parse(outputText(cell, REPORT)!).runs;
    expect(run).to.deep.include({ converged: true, pagesSent: 68_489, transferredBytes: 100_076_017 });
  });

  it('that is wrong is not run: it says what, where, and what would be accepted', async () => {
    const cell = await runCell(await open('wrong', 'guest:\n  memory: -1 GiB\n'), 0);
    expect(cell.executionSummary?.success).to.equal(false);
    const { message } = JSON.parse(outputText(cell, ERROR)!);
    expect(message).to.match(/^Line 2, column 11: .*-1 GiB/);
    const [problem] = vscode.languages.getDiagnostics(cell.document.uri);
    expect(problem?.range.start).to.deep.include({ line: 1, character: 10 });
  });

  it('runs a strategy of the folder in the sandbox, with changes that are not saved yet', async () => {
    const strategy = await write(at('strategies/own.ts'), 'export default function* own() {}\n');
    const document = await vscode.workspace.openTextDocument(strategy);
    const edit = new vscode.WorkspaceEdit();
    const body =
      '(m: any) { m.pause(); yield m.send(m.guest.allPages()); yield m.sendState(); m.resumeAtDestination(); }';
    edit.replace(strategy, new vscode.Range(0, 0, 1, 0), `export default function* own${body}\n`);
    await vscode.workspace.applyEdit(edit);
    const cell = await runCell(await open('own', `${GUEST}technique: ./strategies/own.ts`), 0);
    const [run] = JSON.parse(outputText(cell, REPORT)!).runs;
    expect(run).to.deep.include({ technique: './strategies/own.ts', pagesSent: 4096, converged: true });
    await document.save();
  });

  it('says so when a strategy is not there', async () => {
    const cell = await runCell(await open('missing', `${GUEST}technique: ./strategies/none.ts`), 0);
    expect(JSON.parse(outputText(cell, ERROR)!).message).to.include('There is no file ./strategies/none.ts');
  });

  it('makes the other runs when one fails, and says in its row why', async () => {
    await write(at('strategies/wrong.ts'), 'export default 1;\n');
    const cell = await runCell(await open('partly', `${GUEST}compare: [stop-and-copy, ./strategies/wrong.ts, post-copy]`), 0);
    expect(cell.executionSummary?.success).to.equal(false);
    const { runs, overview, remarks } = JSON.parse(outputText(cell, REPORT)!);
    expect(runs.map((run: { technique: string }) => run.technique)).to.deep.equal(['stop-and-copy', 'post-copy']);
    expect(overview.finding).to.include('1 of 3 runs could not be made; the table says why.');
    expect(overview.table.rows.map((row: string[]) => row[0])).to.deep.equal(['stop-and-copy', './strategies/wrong.ts', 'post-copy']);
    const why = './strategies/wrong.ts:1:1: The default export is a number; it needs to be a generator function.';
    expect(overview.table.rows[1].at(-1)).to.equal(`not made: ${why}`);
    expect(remarks).to.deep.equal([why]);
    const alone = await runCell(await open('alone', `${GUEST}technique: ./strategies/wrong.ts`), 0);
    expect(JSON.parse(outputText(alone, ERROR)!).message).to.include('The default export is a number');
  });

  it('with an endless strategy ends when it is interrupted, without a verdict and without a result', async () => {
    await write(at('strategies/endless.ts'), 'export default function* endless() { for (;;); }\n');
    const sweep = `sweep: { seed: [${Array.from({ length: 200 }, (_, i) => i + 1).join(', ')}] }`;
    const notebook = await open(
      'endless',
      `${GUEST}technique: ./strategies/endless.ts\n${sweep}`,
      `${GUEST}technique: pre-copy`,
    );
    const cell = notebook.cellAt(0);
    const started = eventually(
      () => cell.executionSummary?.executionOrder !== undefined,
      [vscode.workspace.onDidChangeNotebookDocument],
    );
    // Resolves only when the cell has ended.
    void startCell(notebook, 0);
    await started;
    const ended = eventually(
      () => cell.executionSummary?.timing !== undefined,
      [vscode.workspace.onDidChangeNotebookDocument],
    );
    await vscode.commands.executeCommand('notebook.cell.cancelExecution', {
      ranges: [{ start: 0, end: 1 }],
      document: notebook.uri,
    });
    await ended;
    expect(cell.executionSummary?.success).to.equal(undefined);
    expect(cell.outputs).to.deep.equal([]);
    expect((await runCell(notebook, 1)).executionSummary?.success, 'the kernel goes on').to.equal(true);
  });
});

describe('in an experiment cell, the editor', () => {
  afterEach(closeEverything);

  it('completes keys and values, and explains a key', async () => {
    const tuned = 'technique: { use: pre-copy, with: [{ auto-converge: { initial: 30 %, i: 5 % } }] }';
    const notebook = await open('language', 'guest: { mem\nlink: ', tuned);
    const { uri } = notebook.cellAt(0).document;
    const { uri: tunedUri } = notebook.cellAt(1).document;
    const labels = async (line: number, column: number, of = uri) => {
      const position = new vscode.Position(line, column);
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        of,
        position,
      );
      return list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
    };
    expect(await labels(0, 12)).to.include.members(['memory', 'workload', 'writes']);
    expect(await labels(0, tuned.indexOf('i: 5') + 1, tunedUri)).to.include.members(['increment', 'max', 'threshold']);
    const hovered = async (column: number, of = uri) => {
      const position = new vscode.Position(0, column);
      const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', of, position);
      return (hover?.contents[0] as vscode.MarkdownString | undefined)?.value;
    };
    expect(await hovered(2)).to.include('The virtual machine that is moved');
    expect(await hovered(tuned.indexOf('initial') + 2, tunedUri)).to.include('first');
  });
});
