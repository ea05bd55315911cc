import { expect } from 'chai';
import * as vscode from 'vscode';
import { closeEverything, eventually, openLesson, outputText, read, runCell, write } from './lesson-files';

const ANSWER = 'application/vnd.vmlab.answer+json';
const VERDICT = 'application/vnd.vmlab.verdict+json';
const REPORT = 'application/vnd.vmlab.report+json';
const question = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, '05-five-techniques');
const lesson = vscode.Uri.joinPath(question, '05-five-techniques.vmlab.ipynb');
const strategy = vscode.Uri.joinPath(question, 'strategies/pre-copy.ts');

type Role = { activity?: string; task?: string };

function cellOf(notebook: vscode.NotebookDocument, role: Role): vscode.NotebookCell {
  const cell = notebook.getCells().find(({ metadata }) => {
    const facts: Role = metadata.nb?.metadata?.vmlab ?? {};
    return facts.activity === role.activity && facts.task === role.task;
  });
  expect(cell, `a cell for ${JSON.stringify(role)}`).not.to.equal(undefined);
  return cell!;
}

/** The first prediction that is made by choosing: its prompt, and one of its options. */
function firstPrediction(notebook: vscode.NotebookDocument): [vscode.NotebookCell, string] {
  for (const cell of notebook.getCells()) {
    const text = cell.document.getText();
    const option = /^- `([^`]+)`/m.exec(text)?.[1];
    if (text.startsWith('**Predict.**') && option) return [cell, option];
  }
  throw new Error('There is no prediction with options.');
}

async function type(cell: vscode.NotebookCell, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const { document } = cell;
  edit.replace(document.uri, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), text);
  await vscode.workspace.applyEdit(edit);
}

describe('question 5', () => {
  let original: string;
  let starter: string;
  before(async () => {
    [original, starter] = [await read(lesson), await read(strategy)];
  });
  afterEach(async () => {
    await closeEverything();
    await write(lesson, original);
    await write(strategy, starter);
  });

  it('has no problems in any of its cells', async () => {
    const notebook = await openLesson(lesson);
    // The first cell that is looked at after all others have been.
    const last = notebook
      .getCells()
      .filter((cell) => cell.kind === vscode.NotebookCellKind.Code)
      .at(-1)!;
    await type(last, 'unknown: 1');
    await eventually(
      () => vscode.languages.getDiagnostics(last.document.uri).length > 0,
      [vscode.languages.onDidChangeDiagnostics],
    );
    const wrong = notebook.getCells().filter((cell) => vscode.languages.getDiagnostics(cell.document.uri).length > 0);
    expect(wrong.map((cell) => cell.index)).to.deep.equal([last.index]);
  });

  it('judges an answer, and says why', async () => {
    const notebook = await openLesson(lesson);
    const cell = cellOf(notebook, { activity: 'which-part' });
    await runCell(notebook, cell.index);
    expect(JSON.parse(outputText(cell, ANSWER)!).verdict.outcome).to.equal('empty');
    await type(cell, 'answer: nonsense');
    await runCell(notebook, cell.index);
    expect(JSON.parse(outputText(cell, ANSWER)!).verdict.outcome).to.equal('unreadable');
    expect(vscode.languages.getDiagnostics(cell.document.uri)[0]?.range.start).to.deep.include({
      line: 0,
      character: 8,
    });
  });

  it('completes an answer from the choices', async () => {
    const notebook = await openLesson(lesson);
    const { document } = cellOf(notebook, { activity: 'which-part' });
    const end = document.lineAt(document.lineCount - 1).range.end;
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      end,
    );
    expect(list.items.map((item) => item.label)).to.include('memory');
  });

  it('locks the first prediction, runs its experiment, and compares', async () => {
    const notebook = await openLesson(lesson);
    const [prompt, option] = firstPrediction(notebook);
    const cell = notebook.cellAt(prompt.index + 1);
    await type(cell, `answer: ${option}`);
    await runCell(notebook, cell.index);
    expect(cell.metadata.nb.metadata.vmlab.locked).to.equal(`answer: ${option}`);
    const { verdict } = JSON.parse(outputText(cell, ANSWER)!);
    expect(verdict.outcome).to.be.oneOf(['right', 'wrong']);
    const experiment = notebook.getCells().find((other) => outputText(other, REPORT) !== undefined);
    expect(experiment?.index, 'the chart is in the cell of the experiment').to.be.above(cell.index);
    await type(cell, 'answer: something-else');
    await runCell(notebook, cell.index);
    const again = JSON.parse(outputText(cell, ANSWER)!);
    expect([again.verdict.outcome, again.locked]).to.deep.equal([verdict.outcome, `answer: ${option}`]);
  });

  it('checks the worked strategy as it is given: it passes', async () => {
    const notebook = await openLesson(lesson);
    const cell = await runCell(notebook, cellOf(notebook, { task: 'stop-and-copy' }).index);
    const { verdict } = JSON.parse(outputText(cell, VERDICT)!);
    expect(verdict).to.deep.include({ outcome: 'pass', task: 'stop-and-copy', milliPoints: verdict.maxMilliPoints });
    expect(cell.executionSummary?.success).to.equal(true);
  });

  it('marks the offending line of a strategy, until it is edited', async () => {
    const broken = 'export default function* preCopy(m: any) {\n  m.pause();\n  m.resumeAtDestination();\n}\n';
    await write(strategy, broken);
    const document = await vscode.workspace.openTextDocument(strategy);
    await vscode.window.showTextDocument(document);
    const verdict = await vscode.commands.executeCommand<{ outcome: string; feedback: { where: { line: number } } }>(
      'vmlab.checkStrategy',
      strategy,
    );
    expect(verdict.outcome).to.equal('fail');
    const ours = () => vscode.languages.getDiagnostics(strategy).filter((d) => d.source === 'Live Migration Lab');
    expect(ours().map((d) => d.range.start.line + 1)).to.deep.equal([verdict.feedback.where.line]);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(strategy, new vscode.Position(0, 0), '// ');
    const cleared = eventually(() => ours().length === 0, [vscode.languages.onDidChangeDiagnostics]);
    await vscode.workspace.applyEdit(edit);
    await cleared;
    await document.save();
  });

  it('offers to check, to reset and to read the lesson above a strategy', async () => {
    const other = vscode.Uri.joinPath(question, 'strategies/post-copy.ts');
    const document = await vscode.workspace.openTextDocument(other);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', other, 9);
    const titles = ['$(check) Check', 'Reset to starter', 'Open the lesson'];
    const ours = lenses.filter((lens) => titles.includes(lens.command?.title ?? ''));
    expect(ours.map((lens) => lens.command?.title)).to.deep.equal(titles);
    expect(document.lineAt(ours[0]!.range.start.line).text).to.match(/^export default function\*/);
    await vscode.commands.executeCommand('vmlab.openLessonOf', other);
    await eventually(
      () => vscode.window.activeNotebookEditor?.notebook.uri.toString() === lesson.toString(),
      [vscode.window.onDidChangeActiveNotebookEditor],
    );
    expect(vscode.window.activeNotebookEditor?.notebook.notebookType).to.equal('vmlab');
  });
});
