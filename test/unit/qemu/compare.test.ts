import { expect } from 'chai';
import fc from 'fast-check';
import { tableText } from '../../../src/lab/present/table';
import { documentOf, nameOf, runOf, type Cell } from '../../../src/qemu/compare/cell';
import { comparisonChart } from '../../../src/qemu/compare/chart';
import { compare, type Pair } from '../../../src/qemu/compare/comparison';
import { FULL, QUICK } from '../../../src/qemu/compare/matrix';
import type { Measurement, Outcome } from '../../../src/qemu/compare/outcome';
import { parseResults, tasksLeft } from '../../../src/qemu/compare/raw-results';
import { simulated } from '../../../src/qemu/compare/simulated';
import { median, noise, quantile } from '../../../src/qemu/compare/statistics';
import { cellTable, summaryTables, verdictText } from '../../../src/qemu/compare/tables';
import { planOf } from '../../../src/qemu/mapping';

const CELL: Cell = {
  technique: 'pre-copy', workload: 'random', rate: 0.5, workingSetMebibytes: 16, zero: 0, memoryMebibytes: 64,
  linkBytesPerSecond: 31.25e6, downtimeLimitMilliseconds: 300,
};

const outcome = (changes: Partial<Outcome> = {}): Outcome => ({
  converged: true, setupSeconds: 0.001, totalSeconds: 2, downtimeSeconds: 0.1, transferredBytes: 1e6, pagesSent: 1000, finalPages: 10, syncs: 3,
  networkFaults: 0, ...changes,
});

const measurement = (real: Partial<Outcome> = {}, changes: Partial<Measurement> = {}): Measurement => ({
  cell: CELL, repetition: 1, at: '2026-01-01T00:00:00Z', qemu: '7.2.22', load: 1, cores: 2, rateBefore: 3815, rateDuring: 3800, linkDuring: 31.25e6,
  writtenBefore: 0, guestPages: 16_516, stateBytes: 113_000, real: outcome(real), ...changes,
});

const pair = (real: Partial<Outcome>, says: Partial<Outcome> = {}, changes: Partial<Measurement> = {}): Pair => ({
  measurement: measurement(real, changes), simulated: outcome(says),
});

describe('the statistics of a comparison', () => {
  it('have medians and quantiles on straight lines', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    expect(quantile([0, 10], 0.9)).to.equal(9);
    expect(quantile([5], 0.9)).to.equal(5);
    expect(median([])).to.be.NaN;
  });

  it('do not care in which order values come, and stay among them', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, fraction) => {
      const value = quantile(values, fraction);
      expect(value).to.equal(quantile([...values].reverse(), fraction));
      expect(value).to.be.within(Math.min(...values), Math.max(...values));
    }));
  });

  it('call the range over the median noise', () => {
    expect(noise([90, 100, 120])).to.be.closeTo(0.3, 1e-12);
    expect(noise([0, 0])).to.equal(0);
  });
});

describe('a comparison', () => {
  it('sets medians of repetitions side by side, with the noise of reality', () => {
    const { cells } = compare([pair({ totalSeconds: 2 }), pair({ totalSeconds: 2.06 }, { totalSeconds: 2.1 }), pair({ totalSeconds: 2.02 })]);
    expect(cells).to.have.length(1);
    const { figures, isQuiet, repetitions } = cells[0]!;
    expect(repetitions).to.equal(3);
    expect(figures!.totalSeconds.real).to.equal(2.02);
    expect(figures!.totalSeconds.simulated).to.equal(2);
    // Each repetition has an error of its own: 0, 2.1 / 2.06 − 1 and 2 / 2.02 − 1.
    expect(figures!.totalSeconds.error).to.equal(0);
    expect(figures!.totalSeconds.noise).to.be.closeTo(0.06 / 2.02, 1e-12);
    expect(isQuiet).to.equal(true);
  });

  it('tells cells in which reality repeats itself from the others, which judge nobody', () => {
    const noisyCell = { ...CELL, rate: 0.9 };
    const comparison = compare([
      pair({ totalSeconds: 2 }, { totalSeconds: 2.2 }), pair({ totalSeconds: 2 }, { totalSeconds: 2.2 }),
      pair({ totalSeconds: 2 }, { totalSeconds: 4 }, { cell: noisyCell }), pair({ totalSeconds: 3 }, { totalSeconds: 4 }, { cell: noisyCell }),
    ]);
    expect(comparison.quiet.cells).to.equal(1);
    expect(comparison.quiet.errors.totalSeconds.median).to.be.closeTo(0.1, 1e-12);
    expect(comparison.noisy.cells).to.equal(1);
    expect(comparison.noisy.errors.totalSeconds.median).to.be.closeTo((1 + 1 / 3) / 2, 1e-12);
  });

  it('never calls a single repetition quiet', () => {
    expect(compare([pair({})]).quiet.cells).to.equal(0);
  });

  it('takes the difference of downtimes in seconds', () => {
    const { downtime } = compare([pair({ downtimeSeconds: 0.12 }, { downtimeSeconds: 0.1 })]).cells[0]!;
    expect(downtime!.error).to.be.closeTo(-0.02, 1e-12);
  });

  it('counts a cell that converges in one world only, and does not compare its times', () => {
    const other = { ...CELL, rate: 1.2 };
    const mixed = { ...CELL, rate: 0.9 };
    const comparison = compare([
      pair({}), pair({ converged: false }, {}, { cell: other }),
      pair({}, {}, { cell: mixed }), pair({ converged: false }, {}, { cell: mixed }),
    ]);
    expect(comparison.verdicts).to.deep.equal({ same: 1, of: 2 });
    expect(comparison.cells.map(({ figures }) => figures !== undefined)).to.deep.equal([true, false, false]);
    expect(tableText(cellTable(comparison))).to.match(/r120 +no, yes/).and.to.match(/r90 +sometimes, yes/);
    expect(verdictText(comparison)).to.contain('in 1 of 2 cells');
  });

  it('is written as tables and a chart', () => {
    const comparison = compare([pair({}), pair({ totalSeconds: 2.02 })]);
    expect(tableText(cellTable(comparison))).to.contain('pre-copy random W16 r50');
    expect(summaryTables(comparison).map(({ caption }) => caption)[0]).to.contain('repeats itself to 5 %: 1');
    const chart = comparisonChart(comparison);
    expect(chart.match(/<circle/g)).to.have.length(1 + 2);
    expect(chart).to.not.match(/NaN|undefined|Infinity/);
  });
});

describe('the cells of a comparison', () => {
  it('are experiments that real QEMU can do', () => {
    for (const cell of [...FULL, ...QUICK]) expect(() => planOf(runOf(cell, 1)), nameOf(cell)).to.not.throw();
  });

  it('have names of their own', () => {
    expect(new Set(FULL.map(nameOf)).size).to.equal(FULL.length);
  });

  it('are the documents that their names say', () => {
    const cell: Cell = { ...CELL, with: ['xbzrle'], zero: 0.5 };
    expect(nameOf(cell)).to.equal('pre-copy+xbzrle random W16 r50 z50');
    expect(documentOf(cell, 7)).to.deep.include({ technique: { use: 'pre-copy', with: ['xbzrle'] }, preset: 'qemu', seed: 7 });
    expect(runOf(cell, 7).scenario).to.deep.include({ downtimeLimit: 0.3, seed: 7, maxBandwidth: Infinity });
    expect(runOf(cell, 7).scenario.link.bytesPerSecond).to.equal(31.25e6);
    expect(runOf(cell, 7).scenario.guest).to.deep.include({ pages: 16_384, workingSetPages: 4096, zeroFraction: 0.5 });
  });
});

describe('the simulator’s side', () => {
  it('is told what the guest was and did', () => {
    const says = simulated(measurement());
    expect(says.converged).to.equal(true);
    expect(simulated(measurement({}, { rateDuring: 1900 })).pagesSent).to.be.lessThan(says.pagesSent);
    expect(simulated(measurement({}, { guestPages: 17_516 })).pagesSent).to.be.within(says.pagesSent + 1000, says.pagesSent + 1300);
    expect(simulated(measurement({}, { linkDuring: 28e6 })).totalSeconds).to.be.greaterThan(1.08 * says.totalSeconds);
    expect(simulated(measurement({}, { stateBytes: 213_000 })).transferredBytes).to.be.closeTo(says.transferredBytes + 1e5, 1);
  });

  it('lets a walk begin where the real one stood, and leaves out the time until then', () => {
    const cell: Cell = { ...CELL, workload: 'sequential' };
    const [here, there] = [0, 4096].map((writtenBefore) => simulated(measurement({}, { cell, writtenBefore })));
    expect(there).to.deep.equal(here);
    const half = simulated(measurement({}, { cell, writtenBefore: 4096 * 10 + 2048 }));
    expect(half.totalSeconds).to.be.closeTo(here!.totalSeconds, 0.5);
    expect(half.pagesSent).to.not.equal(here!.pagesSent);
  });

  it('does not know what auto-converge took from the guest, or post-copy', () => {
    for (const changes of [{ with: ['auto-converge'] }, { technique: 'post-copy', rate: 0.1 }] as const) {
      const cell: Cell = { ...CELL, ...changes };
      expect(simulated(measurement({}, { cell, rateDuring: 1 }))).to.deep.equal(simulated(measurement({}, { cell, rateDuring: 3800 })));
    }
  });
});

describe('raw results', () => {
  const line = (repetition: number, cell = CELL): string => JSON.stringify(measurement({}, { repetition, cell }));

  it('are read back, without a last line that was cut off', () => {
    expect(parseResults(`${line(1)}\n${line(2)}\n`)).to.deep.equal([measurement(), measurement({}, { repetition: 2 })]);
    expect(parseResults(`${line(1)}\n${line(2).slice(0, 50)}`)).to.have.length(1);
    expect(parseResults('')).to.deep.equal([]);
    expect(() => parseResults(`{"a":1}\n${line(1)}\n`)).to.throw(SyntaxError, 'no measurement');
  });

  it('leave to be measured what is not there, every cell once before any is twice', () => {
    const other = { ...CELL, rate: 0.9 };
    const left = tasksLeft([CELL, other], 2, parseResults(`${line(1)}\n`));
    expect(left).to.deep.equal([
      { cell: other, repetition: 1 }, { cell: CELL, repetition: 2 }, { cell: other, repetition: 2 },
    ]);
  });
});
