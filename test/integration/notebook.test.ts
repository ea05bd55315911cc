import { expect } from 'chai';
import * as vscode from 'vscode';
import everything from '../fixtures/notebooks/everything.vmlab.ipynb';
import noFinalNewline from '../fixtures/notebooks/no-final-newline.vmlab.ipynb';
import windowsLineEnds from '../fixtures/notebooks/windows-line-ends.vmlab.ipynb';
import { closeEverything, codeCell, eventually, folderFor, notebookOf, openLesson, read, write } from './lesson-files';

const folder = folderFor('notebook');
const at = (name: string) => vscode.Uri.joinPath(folder, name);

describe('a lesson', () => {
  before(async () => {
    // The web build saves by itself, which would hide what a test looks at.
    await vscode.workspace.getConfiguration('files').update('autoSave', 'off', vscode.ConfigurationTarget.Global);
  });
  afterEach(closeEverything);

  it('opens as our type, with every cell', async () => {
    const notebook = await openLesson(await write(at('opens.vmlab.ipynb'), everything));
    expect(notebook.notebookType).to.equal('vmlab');
    expect(notebook.getCells().map((cell) => cell.document.languageId)).to.deep.equal([
      'markdown',
      'yaml',
      'yaml',
      'raw',
      'yaml',
    ]);
    expect(notebook.cellAt(0).metadata.attachments).to.have.property('dot.png');
    expect(notebook.cellAt(1).executionSummary?.executionOrder).to.equal(7);
  });

  for (const [name, text] of Object.entries({ everything, noFinalNewline, windowsLineEnds })) {
    it(`is the same to the byte after saving it unchanged (${name})`, async () => {
      const uri = await write(at(`${name}.vmlab.ipynb`), text);
      const notebook = await openLesson(uri);
      // A clean notebook is written as well; the disk only changes if the serializer has changed something.
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      await notebook.save();
      expect(await read(uri)).to.equal(text);
    });
  }

  it('changes in the edited line only, and is the same to the byte once that is taken back', async () => {
    const uri = await write(at('edited.vmlab.ipynb'), everything);
    const notebook = await openLesson(uri);
    const { document } = notebook.cellAt(1);
    const place = document.positionAt(document.getText().indexOf('1 GiB'));
    await replace(document.uri, new vscode.Range(place, place.translate(0, 1)), '2');
    await notebook.save();
    const changed = (await read(uri)).split('\n').filter((line, i) => line !== everything.split('\n')[i]);
    expect(changed).to.deep.equal(['    "guest: { memory: 2 GiB }\\n",']);
    await replace(document.uri, new vscode.Range(place, place.translate(0, 1)), '1');
    await notebook.save();
    expect(await read(uri)).to.equal(everything);
  });

  it('gives an inserted cell an id, and one undo removes the cell', async () => {
    const notebook = await openLesson(await write(at('ids.vmlab.ipynb'), notebookOf([codeCell('link: 1 Gbit/s')])));
    const has = (count: number) => () => notebook.cellCount === count;
    const given = eventually(
      () => typeof notebook.getCells()[1]?.metadata.id === 'string',
      [vscode.workspace.onDidChangeNotebookDocument],
    );
    await vscode.commands.executeCommand('notebook.cell.insertCodeCellBelow');
    await given;
    expect(notebook.cellAt(1).metadata.id).to.match(/^[0-9a-f]{8}$/);
    expect(notebook.cellAt(1).document.languageId).to.equal('yaml');
    const gone = eventually(has(1), [vscode.workspace.onDidChangeNotebookDocument]);
    await vscode.commands.executeCommand('notebook.cell.quitEdit');
    await vscode.commands.executeCommand('undo');
    await gone;
  });

  it('that is damaged is refused with the place, and stays untouched', async () => {
    const damaged = '{\n "cells": [\n  {,\n';
    const uri = await write(at('damaged.vmlab.ipynb'), damaged);
    const bytes = new TextEncoder().encode(damaged);
    const reading = vscode.commands.executeCommand('vscode.executeDataToNotebook', 'vmlab', bytes);
    const reason = await Promise.resolve(reading).then(() => 'it was read', String);
    expect(reason).to.include('Line 3, column 4: a key in double quotes is expected.');
    // In a test VS Code answers its own dialog ("Open in Text Editor") with Cancel.
    await Promise.resolve(vscode.commands.executeCommand('vscode.openWith', uri, 'vmlab')).catch(() => undefined);
    expect(vscode.workspace.notebookDocuments.map((notebook) => notebook.uri.toString())).not.to.include(
      uri.toString(),
    );
    expect(await read(uri)).to.equal(damaged);
  });

  it('takes a cell of a million characters', async () => {
    const text = `# ${'x'.repeat(998)}\n`.repeat(1000);
    const uri = await write(at('long.vmlab.ipynb'), notebookOf([codeCell(text)]));
    const before = await read(uri);
    const notebook = await openLesson(uri);
    expect(notebook.cellAt(0).document.getText().length).to.equal(text.length);
    await notebook.save();
    expect(await read(uri)).to.equal(before);
  });

  it('marks an unknown key in its line, and names the nearest one', async () => {
    const uri = await write(at('unknown.vmlab.ipynb'), notebookOf([codeCell('guest:\n  memry: 1 GiB\n')]));
    const notebook = await openLesson(uri);
    const { uri: cell } = notebook.cellAt(0).document;
    await eventually(() => vscode.languages.getDiagnostics(cell).length > 0, [vscode.languages.onDidChangeDiagnostics]);
    const [problem] = vscode.languages.getDiagnostics(cell);
    expect(problem?.range.start).to.deep.include({ line: 1, character: 2 });
    expect(problem?.message).to.include('memry').and.to.include('memory');
  });
});

async function replace(uri: vscode.Uri, range: vscode.Range, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, range, text);
  await vscode.workspace.applyEdit(edit);
}
