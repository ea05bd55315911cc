import { expect } from 'chai';
import { simulate, techniques, type GuestSpec, type Migration, type Phase } from '../../../src/engine';
import { Touches } from '../../../src/engine/guest/touches';
import { syntheticTrace } from './trace-fixture';
import { ideal } from './scenarios';

/** The first `count` touches: which page, and after how many seconds of guest work. */
function touches(guest: Partial<GuestSpec>, count: number, kind: 'writes' | 'reads' = 'writes'): [page: number, seconds: number][] {
  const stream = new Touches(ideal({ pages: 1000, workingSetPages: 1000, ...guest }).guest, kind, 1, 1);
  return Array.from({ length: count }, () => {
    const seconds = stream.dueAt();
    return [seconds === Infinity ? -1 : stream.take(), seconds];
  });
}
const pagesOf = (list: [number, number][]) => list.map(([page]) => page);

describe('a workload', () => {
  it('comes at a constant rate, the first touch after one period', () => {
    expect(touches({ workload: 'sequential', writesPerSecond: 4 }, 3)).to.deep.equal([[0, 0.25], [1, 0.5], [2, 0.75]]);
  });

  it('once: each page once, and then none', () => {
    expect(touches({ workload: 'once', workingSetPages: 2, writesPerSecond: 1 }, 3)).to.deep.equal([[0, 1], [1, 2], [-1, Infinity]]);
  });

  it('may begin anywhere, and wraps around the end of memory', () => {
    const guest = { workload: 'sequential', workingSetPages: 3, workingSetStart: 998, writesPerSecond: 1 } as const;
    expect(pagesOf(touches(guest, 4))).to.deep.equal([998, 999, 0, 998]);
  });

  it('may move up through memory: two pages a second', () => {
    const guest = { workload: 'sequential', workingSetPages: 2, workingSetMoves: 2, writesPerSecond: 4 } as const;
    expect(pagesOf(touches(guest, 8))).to.deep.equal([0, 2, 1, 3, 2, 4, 3, 5]);
  });

  const phase = (seconds: number, workload: Phase['workload'], writesPerSecond: number, workingSetPages: number): Phase => ({
    seconds, workload, writesPerSecond, workingSetPages, readsPerSecond: 0,
  });

  it('may have phases, which come round again and go on where they left off', () => {
    const phases = [phase(1, 'sequential', 2, 10), phase(2, 'idle', 0, 10), phase(1, 'sequential', 1, 100)];
    expect(touches({ phases }, 6)).to.deep.equal([[0, 0.5], [1, 1], [0, 4], [2, 4.5], [3, 5], [1, 8]]);
  });

  it('may come to an end in every phase', () => {
    expect(touches({ phases: [phase(1, 'idle', 0, 1), phase(2, 'once', 2, 2)] }, 3).at(-1)).to.deep.equal([-1, Infinity]);
  });

  it('dirties what its phases say, phase by phase', () => {
    const phases = [phase(1, 'linear', 100, 1000), phase(1, 'idle', 0, 1)];
    const counts: number[] = [];
    simulate(ideal({ pages: 1000, phases }), function* (m: Migration) {
      for (let second = 0; second < 4; second++) {
        yield m.wait(1);
        counts.push(m.syncDirty().size);
      }
      m.abort('measured');
    });
    expect(counts).to.deep.equal([100, 0, 100, 0]);
  });

  it('skipped over, leads where touching would have led', () => {
    const phases = [phase(0.7, 'sequential', 100, 37), phase(0.4, 'linear', 333, 1000), phase(3, 'idle', 0, 1)];
    for (const guest of [{ phases }, { workload: 'linear', writesPerSecond: 997 }] as const) {
      for (const work of [0, 0.35, 0.7, 1, 7.3, 100.25]) {
        const spec = ideal({ pages: 1000, workingSetPages: 1000, ...guest }).guest;
        const [slow, fast] = [new Touches(spec, 'writes', 1, 1), new Touches(spec, 'writes', 1, 1)];
        while (slow.dueAt() <= work) slow.take();
        fast.skipTo(work);
        const next = (stream: Touches) => Array.from({ length: 50 }, () => [stream.dueAt(), stream.take()]);
        expect(next(fast), `${work} s`).to.deep.equal(next(slow));
      }
    }
  });

  it('remembers its last touches, newest first, even those that nobody looked at', () => {
    const spec = ideal({ pages: 1_000_000, workload: 'sequential', workingSetPages: 1_000_000, writesPerSecond: 1000 }).guest;
    const stream = new Touches(spec, 'writes', 1, 1);
    stream.remember();
    stream.skipTo(500);
    const latest = [...stream.latest()];
    expect(latest.slice(0, 3)).to.deep.equal([499_999, 499_998, 499_997]);
    expect(latest.length).to.be.at.least(60_000);
  });

  it('is known to a strategy by its accessed bits', () => {
    let recent: number[] = [];
    simulate(ideal({ pages: 1000, workload: 'sequential', workingSetPages: 100, writesPerSecond: 10, readsPerSecond: 10 }), function* (m) {
      yield m.wait(3); // writes and reads pages 0 to 29
      recent = m.recentlyUsed(5).toArray();
      m.abort('measured');
    });
    expect(recent).to.deep.equal([25, 26, 27, 28, 29]);
  });

  it('may leave the writing to some of the vCPUs', () => {
    const guest = { workload: 'sequential', workingSetPages: 1000, writesPerSecond: 100, vcpus: 4, writers: 1 } as const;
    const report = simulate(ideal({ pages: 1000, ...guest }), function* (m: Migration) {
      m.throttle(0.5, { writers: true });
      yield m.wait(2);
      expect(m.peekDirty().size).to.equal(100);
      m.abort('measured');
    });
    expect(report.throughput.during).to.be.closeTo(7 / 8, 1e-12);
    expect(report.lostWork.throttledSeconds).to.be.closeTo(0.25, 1e-12);
  });

  it('may be throttled by turns: it runs for 10 ms and sleeps until the share is right', () => {
    const dirty: number[] = [];
    const report = simulate(ideal({ pages: 10_000, workload: 'sequential', workingSetPages: 10_000, writesPerSecond: 1000 }), function* (m) {
      m.throttle(0.75, { runSeconds: 0.01 });
      for (let i = 0; i < 4; i++) {
        yield m.wait(0.01);
        dirty.push(m.syncDirty().size);
      }
      yield m.wait(0.36);
      m.abort('measured');
    });
    expect(dirty).to.deep.equal([10, 0, 0, 0]);
    expect(report.throughput.during).to.be.closeTo(0.25, 1e-9);
  });
});

describe('a recorded trace as a workload', () => {
  const trace = syntheticTrace({ pageCount: 2000, intervals: 8, writes: 60, reads: 40 });
  const scenario = ideal({ pages: 2000, trace, vcpus: 2 });

  it('dirties in each interval exactly the pages that were recorded, and starts again at its end', () => {
    const seen: number[][] = [];
    simulate(scenario, function* (m: Migration) {
      for (let i = 0; i < 10; i++) {
        yield m.wait(trace.intervalSeconds);
        seen.push(m.syncDirty().toArray());
      }
      m.abort('measured');
    });
    const sorted = (i: number) => [...trace.intervals[i % 8]!.pages];
    // A boundary between two intervals may fall to either side, by rounding: what matters is that nothing is lost.
    const close = (a: number[], b: number[]) => a.filter((page) => !b.includes(page)).length + b.filter((page) => !a.includes(page)).length;
    seen.forEach((pages, i) => expect(close(pages, sorted(i)), `interval ${i}`).to.be.at.most(2));
  });

  it('moves under every technique without a broken rule, and its reads fault', () => {
    for (const [name, strategy] of Object.entries(techniques)) {
      const report = simulate({ ...scenario, ideal: false }, strategy, { technique: name });
      expect(report.violations, name).to.deep.equal([]);
      if (name === 'demand-paging') expect(report.networkFaults).to.be.above(100);
    }
  });

  it('brings its contents along: zero pages, sizes, duplicates, and deltas small enough to pay', () => {
    const encodings = [
      { kind: 'xbzrle', cachePages: 4096, encodeSeconds: 0 },
      { kind: 'duplicate', hashSeconds: 0 },
      { kind: 'compressed', encodeSeconds: 0 },
    ] as const;
    const slow = { ...scenario, ideal: false, link: { bytesPerSecond: 4e6, latency: 0 }, downtimeLimit: 0.001, maxRounds: 6 };
    const plain = simulate(slow, techniques['pre-copy']);
    const encoded = simulate({ ...slow, stream: { encodings } }, techniques['pre-copy']);
    expect(encoded.violations).to.deep.equal([]);
    expect(encoded.transferredBytes).to.be.below(plain.transferredBytes / 2);
    const { zero, xbzrle = 0, duplicate = 0, compressed = 0 } = encoded.pagesByEncoding;
    for (const count of [zero, xbzrle, duplicate, compressed]) expect(count).to.be.above(0);
  });
});
