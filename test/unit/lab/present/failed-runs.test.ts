import { expect } from 'chai';
import { expand, parseExperiment, type World } from '../../../../src/lab/experiment';
import { failedRun, reasonsOf, withFailed } from '../../../../src/lab/present/failed-runs';
import type { ReportOutput } from '../../../../src/protocol/outputs';

const runs = expand(parseExperiment('compare: [stop-and-copy, pre-copy, ./mine.ts]\nsweep: { guest.memory: [4 MiB, 8 MiB] }').experiment!);
const failed = (number: number, message: string, world: World = 'simulator') =>
  failedRun(number, runs[number]!, { message, blame: 'infra' }, world);

/** What is shown of the runs that were made: a table with a row for each, and nothing else. */
const shown = (...made: string[]): ReportOutput => ({
  version: 1,
  overview: {
    finding: 'They differ.',
    table: {
      caption: 'Runs',
      columns: ['Technique', 'guest.memory', 'World', 'Downtime', 'Outcome'].map((title) => ({ title, numeric: false })),
      rows: made.map((technique) => [technique, '', '', '1 s', 'done']),
    },
  },
  sweep: [],
  runs: [],
});

describe('runs that could not be made', () => {
  it('have a row among the others, in their places', () => {
    const output = withFailed(shown('A', 'B', 'C'), [failed(1, 'It is full.'), failed(4, 'It is gone.', 'qemu')]);
    expect(output.overview.finding).to.equal('They differ. 2 of 5 runs could not be made; the table says why.');
    expect(output.overview.table.rows.map(([first]) => first)).to.deep.equal(['A', 'pre-copy', 'B', 'C', 'pre-copy']);
    expect(output.overview.table.rows[1]).to.deep.equal(['pre-copy', '4 MiB', 'simulator', '–', 'not made: It is full.']);
    expect(output.overview.table.rows[4]).to.deep.equal(['pre-copy', '8 MiB', 'QEMU', '–', 'not made on QEMU: It is gone.']);
  });

  it('change nothing where there are none', () => {
    const output = shown('A');
    expect(withFailed(output, [])).to.equal(output);
    expect(reasonsOf([])).to.deep.equal([]);
  });

  it('say each reason once, with the techniques that it kept', () => {
    const reasons = reasonsOf([failed(0, 'It is full.'), failed(1, 'It is gone.', 'qemu'), failed(3, 'It is full.'), failed(4, 'It is full.')]);
    expect(reasons).to.deep.equal([
      'stop-and-copy and pre-copy could not be run: It is full.',
      'pre-copy could not be run on QEMU: It is gone.',
    ]);
  });

  it('begin with the place of the mistake, if it is in a strategy', () => {
    const message = './mine.ts:3:1: The strategy took more memory than it may.';
    expect(reasonsOf([failed(2, message), failed(5, message)])).to.deep.equal([message]);
  });
});
