import { expect } from 'chai';
import { runOnQemu } from '../../src/qemu/run';
import { severalOnQemu } from '../../src/qemu/several';
import { counters, needsQemu, runOf, runsOf } from './real-run';

const WINDOW_PAGES = 2048;
const HOT_WINDOW_PAGES = 64;
const GUEST = 'guest: { memory: 32 MiB, workload: random, writes: 16 MiB/s, workingSet: 8 MiB }\nlink: 400 Mbit/s\n';
const LIMIT_SECONDS = 90;

describe('an experiment on real QEMU', function () {
  this.timeout(120_000);
  before(needsQemu);

  const ways = [
    'stop-and-copy', 'pre-copy', 'post-copy', 'hybrid', 'demand-paging', '{ use: pre-copy, with: [xbzrle] }',
    '{ use: pre-copy, with: [multifd] }', '{ use: pre-copy, with: [auto-converge] }', '{ use: pre-copy, with: [compression] }',
    '{ use: pre-copy, with: [multifd, compression-zstd] }', '{ use: post-copy, with: [preempt] }',
  ];
  for (const way of ways) {
    it(`${way} arrives, the guest goes on, and no page is stale`, async () => {
      let [before, after]: number[][] = [[], []];
      const inspect = async (source: string, destination: string) => {
        [before, after] = [counters(source, WINDOW_PAGES), counters(destination, WINDOW_PAGES)];
      };
      const run = runOf(`${GUEST}technique: ${way}`);
      const { report, queryMigrate } = await runOnQemu(run, { inspect, limitSeconds: LIMIT_SECONDS });
      expect(queryMigrate.status).to.equal('completed');
      expect(report.broken ?? report.aborted).to.equal(undefined);
      expect(report.residualPages).to.equal(0);
      // The guest went on writing where it is now, and nowhere has it fewer writes than it had.
      expect(sum(after)).to.be.above(sum(before)).and.above(0);
      expect(before.filter((writes, page) => after[page]! < writes).length, 'stale pages').to.equal(0);
      // Every page went at least once, and the bytes are those of the pages.
      expect(report.pagesSent).to.be.at.least(report.guestPages);
      const { pagesBytes, stateBytes, storageBytes } = report.transferredParts;
      expect(pagesBytes + stateBytes + storageBytes).to.equal(report.transferredBytes);
      expect(report.preparationSeconds + report.downtimeSeconds + report.resumeSeconds).to.be.closeTo(report.totalSeconds, 1e-9);
      expect(report.throughput.during).to.be.within(0, 1);
    });
  }

  it('misses no write to pages that are written again and again', async () => {
    let [before, after]: number[][] = [[], []];
    const inspect = async (source: string, destination: string) => {
      [before, after] = [counters(source, HOT_WINDOW_PAGES), counters(destination, HOT_WINDOW_PAGES)];
    };
    // Few enough pages that TCG's translation buffer keeps them, and several readings of the bitmap.
    const text = 'guest: { memory: 16 MiB, workload: hot-cold, writes: 8 MiB/s, workingSet: 256 KiB }\nlink: 50 Mbit/s\n';
    const run = runOf(`${text}downtimeLimit: 5 ms\nmaxRounds: 8\ntechnique: pre-copy`);
    const { report } = await runOnQemu(run, { inspect, limitSeconds: LIMIT_SECONDS });
    expect(report.tracking.syncs).to.be.at.least(3);
    expect(before.filter((writes, page) => after[page]! < writes).length, 'stale pages').to.equal(0);
  });

  it('does not come to an end, as QEMU, when the guest writes faster than the link carries', async () => {
    const text = 'guest: { memory: 32 MiB, workload: random, writes: 200 MiB/s, workingSet: 24 MiB }\nlink: 100 Mbit/s\n';
    const run = runOf(`${text}downtimeLimit: 30 ms\npreset: qemu\ntechnique: pre-copy`);
    const { report } = await runOnQemu(run, { limitSeconds: 6 });
    expect(report.converged).to.equal(false);
    expect(report.aborted).to.contain('was cancelled');
    expect(report.timeline.resumedAtSeconds).to.equal(undefined);
  });

  it('comes to an end after the rounds that the textbook allows, over the downtime limit', async () => {
    const text = 'guest: { memory: 32 MiB, workload: random, writes: 200 MiB/s, workingSet: 24 MiB }\nlink: 200 Mbit/s\n';
    const run = runOf(`${text}downtimeLimit: 30 ms\nmaxRounds: 2\ntechnique: pre-copy`);
    const { report } = await runOnQemu(run, { limitSeconds: LIMIT_SECONDS });
    expect([report.converged, report.broken, report.aborted]).to.deep.equal([false, undefined, undefined]);
    expect(report.downtimeSeconds).to.be.above(report.downtimeLimitSeconds);
    expect(report.rounds.length).to.be.at.least(1);
  });

  it('takes several guests over one link, serially or at once', async () => {
    const runs = runsOf(`${GUEST}compare: [pre-copy, post-copy]`);
    for (const order of ['serial', 'parallel'] as const) {
      const { runs: made, totalSeconds } = await severalOnQemu(runs, order, { limitSeconds: LIMIT_SECONDS });
      expect(made.map(({ queryMigrate }) => queryMigrate.status), order).to.deep.equal(['completed', 'completed']);
      // Both share the link: together they cannot be faster than it.
      const bytes = made.reduce((all, { report }) => all + report.transferredBytes, 0);
      expect(totalSeconds, order).to.be.above((0.95 * bytes) / 50e6);
    }
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
