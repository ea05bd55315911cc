import { expect } from 'chai';
import { simulate, techniques, type Migration } from '../../../src/engine';
import { B, ideal, N } from './scenarios';

/** The closed forms of live migration, held exactly: all figures are powers of two, so not even the last bit may differ. */
const preCopyUntil = (stop: (m: Migration, dirty: number, round: number, sent: number) => boolean) =>
  function* (m: Migration) {
    let pages = m.guest.allPages();
    for (let round = 1, sent = 0; ; round++) {
      yield m.send(pages);
      sent += pages.size;
      pages = m.syncDirty();
      if (stop(m, pages.size, round, sent)) break;
    }
    m.pause();
    yield m.send(pages);
    yield m.sendState();
    m.resumeAtDestination();
  };

describe('the closed forms', () => {
  describe('geometric pre-copy: V(i+1) = ρ V(i), ρ = 1/4', () => {
    const scenario = ideal({ writesPerSecond: B / 4 });
    const rows = [
      { policy: 'what is left fits the downtime limit', strategy: techniques['pre-copy'], rounds: [262_144, 65_536, 16_384], final: 4096, downtime: 0.125, total: 10.625, pages: 348_160 },
      { policy: 'Xen today: five passes', strategy: preCopyUntil((_, dirty, round) => dirty < 50 || round >= 5), rounds: [262_144, 65_536, 16_384, 4096, 1024], final: 256, downtime: 0.0078125, total: 10.6640625, pages: 349_440 },
      { policy: 'fewer than 50 pages left', strategy: preCopyUntil((_, dirty) => dirty < 50), rounds: [262_144, 65_536, 16_384, 4096, 1024, 256, 64], final: 16, downtime: 0.00048828125, total: 10.66650390625, pages: 349_520 },
    ];
    for (const row of rows) {
      it(row.policy, () => {
        const report = simulate(scenario, row.strategy);
        expect(report.rounds.map(({ pages }) => pages)).to.deep.equal(row.rounds);
        expect(report.rounds.map(({ dirtied }) => dirtied)).to.deep.equal([...row.rounds.slice(1), row.final]);
        expect(report.finalPages).to.equal(row.final);
        expect(report.downtimeSeconds).to.equal(row.downtime);
        expect(report.totalSeconds).to.equal(row.total);
        expect(report.pagesSent).to.equal(row.pages);
        expect(report.transferredBytes).to.equal(row.pages * 4096);
        expect(report.violations).to.deep.equal([]);
      });
    }
  });

  describe('a working set dirtied faster than the link', () => {
    const scenario = ideal({ writesPerSecond: 2 * B, workingSetPages: 65_536 }, { maxRounds: 29 });

    it('29 rounds: 66 s, 8.25 times the memory, 2 s of downtime', () => {
      const report = simulate(scenario, techniques['pre-copy']);
      expect(report).to.include({ totalSeconds: 66, pagesSent: 2_162_688, downtimeSeconds: 2, converged: false });
      expect(report.pagesSent / N).to.equal(8.25);
    });

    it("legacy Xen's rule of three times the memory stops it at round 10", () => {
      const report = simulate(scenario, preCopyUntil((m, dirty, round, sent) => dirty < 50 || round >= 29 || sent > 3 * m.guest.pageCount));
      expect(report.rounds).to.have.length(10);
      expect(report).to.include({ totalSeconds: 28, pagesSent: 917_504 });
    });
  });

  it('downtime is a sawtooth in the dirty rate', () => {
    // Reference §5.3: downtime in ms, live rounds.
    const teeth = [[2000, 29.8, 2], [6000, 268.2, 2], [8000, 116.4, 3], [10_000, 227.4, 3], [12_000, 143.9, 4], [28_000, 294.4, 21]] as const;
    for (const [writesPerSecond, milliseconds, rounds] of teeth) {
      const report = simulate(ideal({ writesPerSecond }), techniques['pre-copy']);
      expect(report.downtimeSeconds * 1000).to.be.closeTo(milliseconds, 0.06);
      expect(report.rounds).to.have.length(rounds);
    }
  });

  it('random writes touch W(1 − (1 − 1/W)^(w t)) distinct pages', () => {
    const W = 65_536;
    const dirty: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      simulate(ideal({ workload: 'random', writesPerSecond: W, workingSetPages: W }, { seed }), function* (m) {
        yield m.wait(1);
        dirty.push(m.syncDirty().size);
        m.abort('measured');
      });
    }
    const mean = dirty.reduce((sum, pages) => sum + pages, 0) / dirty.length;
    // 41,426.84 expected; the standard deviation of one count is about 80 pages, of the mean of 20 about 18.
    expect(mean).to.be.closeTo(41_426.84, 70);
  });

  it('sequential writes touch min(w t, W) distinct pages', () => {
    for (const [seconds, pages] of [[0.5, 4096], [1, 8192], [3, 10_000]] as const) {
      let dirty = 0;
      simulate(ideal({ workload: 'sequential', writesPerSecond: 8192, workingSetPages: 10_000 }), function* (m) {
        yield m.wait(seconds);
        dirty = m.syncDirty().size;
        m.abort('measured');
      });
      expect(dirty).to.equal(pages);
    }
  });

  it('stop-and-copy: total = downtime = (N + S) / B', () => {
    const report = simulate({ ...ideal({ writesPerSecond: 1000, stateBytes: 2 ** 20 }), ideal: false, link: { bytesPerSecond: 2 ** 27, latency: 0 } }, techniques['stop-and-copy']);
    expect(report.totalSeconds).to.be.closeTo((N * 4104 + 2 ** 20) / 2 ** 27, 1e-9);
    expect(report.downtimeSeconds).to.equal(report.totalSeconds);
  });

  it('post-copy: resume = N / B, whatever is read or written, and in whatever order', () => {
    for (const workload of ['idle', 'linear', 'sequential', 'random', 'hot-cold'] as const) {
      for (const [writesPerSecond, readsPerSecond] of [[4096, 0], [0, 4096], [4096, 30_000]] as const) {
        for (const vcpus of [1, 3]) {
          const pages = N / 32;
          const guest = { pages, workingSetPages: pages, workload, writesPerSecond, readsPerSecond, vcpus };
          const report = simulate(ideal(guest), techniques['post-copy']);
          expect(report).to.include({ resumeSeconds: 0.25, downtimeSeconds: 0, pagesSent: pages, residualPages: 0, converged: true });
          expect(report.violations).to.deep.equal([]);
        }
      }
    }
  });

  it('demand paging: each fault costs a round trip and a page, and what is not touched never leaves', () => {
    const W = 4096;
    const latency = 2 ** -10;
    const scenario = { ...ideal({ workload: 'sequential', readsPerSecond: 16_384, workingSetPages: W }), ideal: false };
    const report = simulate({ ...scenario, link: { bytesPerSecond: 4104 * B, latency } }, techniques['demand-paging']);
    expect(report).to.include({ networkFaults: W, pagesSent: W, residualPages: N - W, converged: false });
    expect(report.faultStallSeconds).to.be.closeTo(W * (2 * latency + 1 / B), 1e-9);
  });

  it('hybrid: pages = N + V₁, and the second part moves in V₁ / B', () => {
    const report = simulate(ideal({ writesPerSecond: B / 4 }), techniques.hybrid);
    expect(report).to.include({ pagesSent: N + N / 4, resumeSeconds: 2, downtimeSeconds: 0, totalSeconds: 10 });
  });
});
