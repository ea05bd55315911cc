import { expect } from 'chai';
import * as vscode from 'vscode';
import { closeEverything, codeCell, folderFor, notebookOf, openLesson, outputText, runCell, write } from './lesson-files';

const REPORT = 'application/vnd.vmlab.report+json';
const folder = folderFor('sweep');

describe('a sweep of more than a hundred experiments', () => {
  afterEach(closeEverything);

  it('shows them in the order of the document, whichever worker made them', async () => {
    const strategy =
      '(m: any) { m.pause(); yield m.send(m.guest.allPages()); yield m.sendState(); m.resumeAtDestination(); }';
    await write(vscode.Uri.joinPath(folder, 'own.ts'), `export default function* own${strategy}\n`);
    const rates = Array.from({ length: 40 }, (_, i) => `${i + 1} MiB/s`);
    const text = [
      'guest: { memory: 16 MiB, workload: hot-cold }',
      'compare: [pre-copy, ./own.ts, post-copy]',
      `sweep: { guest.writes: [${rates.join(', ')}] }`,
    ].join('\n');
    const file = await write(vscode.Uri.joinPath(folder, 'sweep.vmlab.ipynb'), notebookOf([codeCell(text)]));
    const cell = await runCell(await openLesson(file), 0);
    expect(cell.executionSummary?.success).to.equal(true);
    const { runs } = JSON.parse(outputText(cell, REPORT)!) as { runs: { label: string }[] };
    const expected = rates.flatMap((rate) =>
      ['pre-copy', './own.ts', 'post-copy'].map((name) => `${name}, guest.writes ${rate}`),
    );
    expect(runs.map(({ label }) => label)).to.deep.equal(expected);
  });
});
