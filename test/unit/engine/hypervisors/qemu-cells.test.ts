import { expect } from 'chai';
import { simulate, type Report, type Scenario, type Workload } from '../../../../src/engine';
import { presets } from '../../../../src/engine/techniques/hypervisors';
import { MECHANISMS } from '../../../../src/engine/tracking/tracking';

/**
 * Pre-copy of real QEMU 7.2 (TCG, loopback, max-bandwidth 125 MB/s, downtime-limit 300 ms), medians of three runs, and what
 * a page-level model of its source made of the same cells. The guest has 512 MiB, of which 272 MiB hold something; it
 * writes a window of `W` MiB at `r` % of 125 MB/s. On loopback a burst and the final copy go at about 1.4 GB/s.
 *
 * Columns: cell | real total ms, syncs, normal pages | model total ms, syncs, normal pages. "-": did not converge.
 */
const RANDOM = `
  idle               | 2254 3  69746 | 2220 3  69632
  random   W64  r10  | 2291 3  75351 | 2236 3  75196
  random   W64  r25  | 2430 4  80974 | 2423 4  80945
  random   W64  r50  | 2627 5  86699 | 2623 5  86753
  random   W64  r75  | 2757 5  90181 | 2725 5  90667
  random   W64  r90  | 2888 6  91478 | 2823 6  93060
  random   W64  r120 | 2946 7  96480 | 2926 6  96933
  random   W256 r10  | 2281 3  76240 | 2238 3  76073
  random   W256 r25  | 2627 5  86779 | 2623 5  87034
  random   W256 r50  | 3358 6 109165 | 3423 7 111157
  random   W256 r75  | 4526 9 138973 | 4625 10 148472
  random   W256 r90  | 5834 13 183801 | 5925 14 188090
  random   W256 r120 | -             | -
  random   W16  r25  | 2281 3  73767 | 2231 3  73666
  random   W16  r90  | 2274 3  73842 | 2232 3  73728
  random   W16  r120 | 2290 3  73842 | 2232 3  73728
  hot-cold W64  r25  | 2260 3  72934 | 2229 3  72861
  hot-cold W64  r50  | 2297 3  74378 | 2233 3  74306
  hot-cold W64  r90  | 2259 3  76360 | 2239 3  76273
  hot-cold W64  r120 | 2270 3  77670 | 2243 3  77506
  hot-cold W256 r25  | 2284 3  77281 | 2242 3  77224
  hot-cold W256 r50  | 2430 4  80661 | 2423 4  80746
  hot-cold W256 r90  | 2622 6  86961 | 2624 6  87162
  hot-cold W256 r120 | 2738 5  91259 | 2727 5  91256
  hot-cold W16  r90  | 2292 3  73116 | 2230 3  73038`;

/** A guest that walks through its window: much hangs on where it is when the sweep starts, which nobody recorded. */
const SEQUENTIAL = `
  sequential W64  r10  | 2275 3  76349 | 2239 3  76406
  sequential W64  r25  | 2726 5  89661 | 2623 4  86805
  sequential W64  r50  | 2636 4  86131 | 2723 5  89965
  sequential W64  r75  | 3284 9 106349 | 3127 8 103334
  sequential W64  r90  | 3460 11 112433 | 2927 7  97341
  sequential W64  r120 | 4740 15 151402 | 3726 9 121595
  sequential W256 r10  | 2283 3  76540 | 2239 3  76406
  sequential W256 r25  | 2733 5  90039 | 2724 5  90230
  sequential W256 r50  | 4023 8 129393 | 4026 8 130668
  sequential W256 r75  | 7556 12 227886 | 7026 14 221984
  sequential W256 r90  | -             | -
  sequential W256 r120 | -             | -
  sequential W16  r25  | 2273 3  73842 | 2232 3  73728
  sequential W16  r90  | 2287 3  73842 | 2232 3  73728
  sequential W16  r120 | 2263 3  73842 | 2232 3  73728`;

interface Outcome {
  milliseconds: number;
  syncs: number;
  normal: number;
}

interface Cell {
  name: string;
  workload: Workload;
  windowPages: number;
  writesPerSecond: number;
  real?: Outcome;
  model?: Outcome;
}

const MIB_PAGES = 256;
const GUEST_PAGES = 512 * MIB_PAGES;
const FILLED_PAGES = 272 * MIB_PAGES;
/** The slowest cell that converged took 8.4 s; those that did not were stopped at 8 to 9 s. */
const LIMIT_SECONDS = 9;

const cellsOf = (table: string): Cell[] =>
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', real = '', model = ''] = line.split('|').map((column) => column.trim().replace(/ +/g, ' '));
      const [, workload, window, rate] = /^(\S+) W(\d+) r(\d+)$/.exec(name) ?? [name, 'idle', '0', '0'];
      return {
        name,
        workload: workload as Workload,
        windowPages: Number(window) * MIB_PAGES,
        writesPerSecond: (Number(rate) * 1.25e6) / 4096,
        real: outcomeOf(real),
        model: outcomeOf(model),
      };
    });

function outcomeOf(column: string): Outcome | undefined {
  if (column === '-') return undefined;
  const [milliseconds, syncs, normal] = column.split(' ').map(Number) as [number, number, number];
  return { milliseconds, syncs, normal };
}

type Choices = Partial<Scenario> & { phase?: number; technique?: keyof typeof presets.qemu.strategies };

function migrate(cell: Cell, { phase = 0, technique = 'pre-copy', ...rest }: Choices = {}): Report {
  // The guest writes on during the set-up: so much of it, and the walk stands at `phase` when the sweep starts.
  const setupSeconds = phase === 0 ? 0 : (phase * cell.windowPages) / cell.writesPerSecond;
  const scenario: Scenario = {
    guest: {
      pages: GUEST_PAGES,
      workload: cell.workload,
      writesPerSecond: cell.writesPerSecond,
      readsPerSecond: 0,
      workingSetPages: Math.max(1, cell.windowPages),
      zeroFraction: (GUEST_PAGES - FILLED_PAGES) / GUEST_PAGES,
      vcpus: 1,
      stateBytes: 0,
      content: { bytesPerWrite: 8 },
    },
    link: { bytesPerSecond: 1.4e9, latency: 0 },
    maxBandwidth: 125e6,
    setupSeconds,
    tracking: MECHANISMS.none,
    // What the model needs for the 61,440 pages of zeros of an idle guest; the real ones took about 0.6 µs each.
    stream: { encodings: [], zeroPageSeconds: 0.2e-6 },
    downtimeLimit: 0.3,
    maxRounds: 30,
    seed: 1,
    ideal: false,
    ...rest,
  };
  return simulate(presets.qemu.prepare(scenario), presets.qemu.strategies[technique], {
    maxSeconds: LIMIT_SECONDS + setupSeconds,
  });
}

const millisecondsOf = ({ totalSeconds, setupSeconds }: Report) => 1000 * (totalSeconds - setupSeconds);
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

describe('QEMU’s pre-copy, cell by cell', () => {
  const errors = { model: [] as number[], real: [] as number[] };

  for (const cell of cellsOf(RANDOM)) {
    it(cell.name, () => {
      const report = migrate(cell);
      expect(report.converged, 'converges').to.equal(cell.real !== undefined);
      const { real, model } = cell;
      if (!real || !model) return;
      const total = millisecondsOf(report);
      errors.model.push(Math.abs(total / model.milliseconds - 1));
      errors.real.push(Math.abs(total / real.milliseconds - 1));
      // One cell stands on the edge of its threshold, and goes on for a window of 100 ms.
      expect(total).to.be.closeTo(model.milliseconds, cell.name === 'hot-cold W256 r120' ? 100 : 2);
      expect(total / real.milliseconds).to.be.within(0.97, 1.035);
      expect(report.tracking.syncs).to.be.within(model.syncs - 1, model.syncs + 1);
      expect(report.tracking.syncs).to.be.within(real.syncs - 1, real.syncs + 1);
      expect(report.pagesByEncoding.full / model.normal).to.be.within(0.99, 1.01);
      expect(report.violations).to.deep.equal([]);
    });
  }

  it('on the whole as close to the real ones as the model: 1.8 % off in the median', () => {
    expect(errors.real).to.have.length(24);
    expect(median(errors.real)).to.be.below(0.02);
    expect(median(errors.model)).to.be.below(0.001);
  });

  for (const cell of cellsOf(SEQUENTIAL)) {
    it(`${cell.name}, wherever the guest is on its walk`, () => {
      const reports = [0, 0.2, 0.4, 0.6, 0.8].map((phase) => migrate(cell, { phase }));
      const { real, model } = cell;
      expect(reports.map(({ converged }) => converged)).to.deep.equal(reports.map(() => real !== undefined));
      if (!real || !model) return;
      const totals = reports.map(millisecondsOf);
      const [shortest, longest] = [Math.min(...totals), Math.max(...totals)];
      for (const { milliseconds } of [real, model]) expect(milliseconds).to.be.within(shortest * 0.98, longest * 1.03);
      const syncs = reports.map(({ tracking }) => tracking.syncs);
      expect(model.syncs).to.be.within(Math.min(...syncs) - 1, Math.max(...syncs) + 1);
      // The real ones spread over 4 readings (11 to 15) where the model itself is 2 off.
      expect(real.syncs).to.be.within(Math.min(...syncs) - 2, Math.max(...syncs) + 2);
    });
  }

  it('at a limit of 30 ms, what converges and what does not', () => {
    const outcomes = ['random W16 r120', 'hot-cold W256 r120', 'random W64 r120'].map((name) => {
      const cell = cellsOf(`${name} | - | -`)[0]!;
      return migrate(cell, { downtimeLimit: 0.03 }).converged;
    });
    expect(outcomes).to.deep.equal([true, true, false]);
  });

  it('at a limit of 30 ms, XBZRLE lets a guest converge that otherwise does not, and how soon hangs on its cache', () => {
    // Real: 2.83 s with a cache as large as the window or larger; 3.74 s and 86 % misses with 16 MiB.
    const cell = cellsOf('random W64 r120 | - | -')[0]!;
    const withCache = (mebibytes: number) => {
      const encodings = [{ kind: 'xbzrle', cachePages: mebibytes * MIB_PAGES, encodeSeconds: 1e-6 }] as const;
      return migrate(cell, { downtimeLimit: 0.03, stream: { encodings, zeroPageSeconds: 0.2e-6 } });
    };
    expect(millisecondsOf(withCache(64))).to.be.closeTo(2830, 60);
    const small = withCache(16);
    expect(millisecondsOf(small)).to.be.closeTo(3740, 100);
    expect(small.xbzrle!.misses / (small.xbzrle!.misses + small.pagesByEncoding.xbzrle!)).to.be.closeTo(0.86, 0.05);
  });

  it('post-copy sends again what was written in the first window, of what had gone by then', () => {
    // Real: 69,746 pages that hold something, and 69,802, 69,757, 70,054 and 70,051 were sent.
    const again = ['random W64 r10', 'random W256 r10', 'sequential W64 r10', 'sequential W256 r10'].map((name) => {
      const report = migrate(cellsOf(`${name} | - | -`)[0]!, { technique: 'post-copy' });
      expect(report.timeline.pausedAtSeconds).to.be.closeTo(0.1, 1e-6);
      expect(report.tracking.syncs).to.equal(2);
      return report.pagesByEncoding.full - FILLED_PAGES;
    });
    [56, 11, 308, 305].forEach((real, i) => expect(again[i]).to.be.closeTo(real, 8));
  });

  it('the last pages go at the speed of the link: 20 to 30 ms where the limit is 300', () => {
    for (const cell of cellsOf(RANDOM).filter(({ model, windowPages }) => model && windowPages === 256 * MIB_PAGES)) {
      expect(1000 * migrate(cell).downtimeSeconds, cell.name).to.be.within(15, 30);
    }
  });
});
