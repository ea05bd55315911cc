import { expect } from 'chai';
import fc from 'fast-check';
import { MECHANISMS, simulate, techniques, type Mechanism, type Migration, type Scenario, type TrackingSpec } from '../../../src/engine';
import { ideal } from './scenarios';

const B = 1024;
const tracked = (tracking: TrackingSpec, guest: Partial<Scenario['guest']> = {}): Scenario => ({
  ...ideal({ pages: 4096, workload: 'sequential', workingSetPages: 4096, writesPerSecond: 512, ...guest }),
  ideal: false,
  link: { bytesPerSecond: B * 4104, latency: 0 },
  tracking,
});
const free = MECHANISMS.none;

/** Lets the guest run for so long, and says how many pages it dirtied. */
function dirtied(scenario: Scenario, seconds: number): { pages: number; report: ReturnType<typeof simulate> } {
  let pages = 0;
  const report = simulate(scenario, function* (m: Migration) {
    yield m.wait(seconds);
    pages = m.peekDirty().size;
    m.abort('measured');
  });
  return { pages, report };
}

describe('tracking dirty pages', () => {
  it('stalls the vCPU at each first write: a writer that pays as long for a page as it works for it is half as fast', () => {
    const scenario = tracked({ ...free, mechanism: 'write-protect', firstWriteSeconds: 1 / 512 });
    const { pages, report } = dirtied(scenario, 4);
    expect(pages).to.equal(1024);
    expect(report.throughput.during).to.be.closeTo(0.5, 0.001);
    expect(report.tracking).to.include({ firstWrites: 1024, stallSeconds: 2 });
    expect(report.lostWork.trackingSeconds).to.equal(2);
  });

  it('does not stall it at the second write to a page', () => {
    const scenario = tracked({ ...free, mechanism: 'write-protect', firstWriteSeconds: 1 / 512 }, { workingSetPages: 64 });
    const { report } = dirtied(scenario, 4);
    expect(report.tracking).to.include({ firstWrites: 64, stallSeconds: 64 / 512 });
  });

  it('stalls one of four vCPUs at a time', () => {
    const scenario = tracked({ ...free, mechanism: 'write-protect', firstWriteSeconds: 4 / 512 }, { vcpus: 4 });
    expect(dirtied(scenario, 4).pages).to.equal(1024);
    const alone = tracked({ ...free, mechanism: 'write-protect', firstWriteSeconds: 1 / 512 }, { vcpus: 4, writers: 1 });
    const { report } = dirtied(alone, 4);
    // One vCPU in four writes, and loses half of its time; the readers lose nothing.
    expect(report.throughput.during).to.be.closeTo(7 / 8, 0.001);
  });

  it('makes the vCPU exit once in so many pages: a log or a ring is full', () => {
    const scenario = tracked({ ...free, mechanism: 'pml', exitPages: 512, exitSeconds: 0.25 });
    const { report } = dirtied(scenario, 4);
    expect(report.tracking).to.include({ exits: 3, stallSeconds: 0.75, firstWrites: 0 });
  });

  for (const clearChunkPages of [1, 16, 48, 64, 4096]) {
    it(`protects pages in pieces of ${clearChunkPages}, each before its first page is sent: no write goes unseen`, () => {
      const scenario = tracked({ ...MECHANISMS['kvm-bitmap'], clearChunkPages }, { pages: 512, workingSetPages: 512, workload: 'random' });
      const report = simulate({ ...scenario, downtimeLimit: 0.1 }, techniques['pre-copy']);
      expect(report.violations).to.deep.equal([]);
      expect(report.rounds.length).to.be.above(1);
    });
  }

  it('stalls nobody any more once the guest is paused: that time is downtime', () => {
    const report = simulate(tracked({ ...free, mechanism: 'pml', flushSeconds: 0.25 }), function* (m: Migration) {
      yield m.wait(1);
      m.syncDirty(); // a quarter of a second to flush the TLBs, of which half falls into the pause
      yield m.wait(0.125);
      m.pause();
      yield m.wait(1);
      m.abort('measured');
    });
    expect(report.lostWork.trackingSeconds).to.equal(0.125);
    expect(report.tracking.stallSeconds).to.equal(0.125);
    expect(report.throughput.during).to.equal(1 / 2.125);
  });

  it('takes the migration thread time for each page that it looks at', () => {
    const scenario = tracked({ ...free, mechanism: 'accessed-dirty', scanSecondsPerPage: 1 / 4096 });
    const report = simulate(scenario, techniques['stop-and-copy']);
    expect(report.tracking).to.include({ syncs: 0, syncSeconds: 0 });
    const live = simulate(scenario, techniques['pre-copy']);
    expect(live.tracking.syncSeconds).to.be.closeTo(live.tracking.syncs, 1e-9);
    expect(live.downtimeParts.trackingSeconds).to.be.closeTo(1, 1e-9);
  });

  it('sees no write between the reading and the clearing of a piece, and needs to see none: the page is yet to be sent', () => {
    const scenario = tracked({ ...free, mechanism: 'kvm-bitmap', clearChunkPages: 1024 }, { workingSetPages: 2048 });
    const counts: number[] = [];
    const report = simulate(scenario, function* (m: Migration) {
      yield m.wait(4); // all 2,048 pages of the working set are written
      const dirty = m.syncDirty();
      yield m.wait(4); // and again, before any piece is cleared
      counts.push(dirty.size, m.peekDirty().size);
      yield m.send(dirty); // takes 2 s; the guest goes round its working set in order, and so does the transmission
      m.pause();
      yield m.send(m.guest.allPages());
      yield m.sendState();
      m.resumeAtDestination();
    });
    expect(counts).to.deep.equal([2048, 0]);
    expect(report.violations).to.deep.equal([]);
  });

  it('sees a write to a page that was clean at the reading, cleared or not', () => {
    const scenario = tracked({ ...free, mechanism: 'kvm-bitmap', clearChunkPages: 4096 });
    let seen: number[] = [];
    simulate(scenario, function* (m: Migration) {
      yield m.wait(1);
      m.syncDirty(); // pages 0 to 511
      yield m.wait(1);
      seen = m.peekDirty().toArray();
      m.abort('measured');
    });
    expect(seen).to.deep.equal(Array.from({ length: 512 }, (_, i) => 512 + i));
  });

  const mechanisms = Object.keys(MECHANISMS) as Mechanism[];
  it('breaks no rule, whatever the mechanism, and costs the guest nothing but what the report says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...mechanisms),
        fc.constantFrom('pre-copy', 'hybrid', 'post-copy', 'stop-and-copy'),
        fc.record({
          pages: fc.integer({ min: 1, max: 3000 }),
          writesPerSecond: fc.integer({ min: 0, max: 60_000 }),
          workload: fc.constantFrom('linear', 'sequential', 'random', 'hot-cold', 'once'),
          vcpus: fc.integer({ min: 1, max: 4 }),
        }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(1000),
        (mechanism, technique, guest, factor, seed) => {
          const costs = MECHANISMS[mechanism];
          const tracking = { ...costs, clearChunkPages: costs.clearChunkPages && 256, firstWriteSeconds: costs.firstWriteSeconds * factor };
          const report = simulate({ ...tracked(tracking, { ...guest, workingSetPages: guest.pages }), seed }, techniques[technique as 'pre-copy']);
          expect(report.violations).to.deep.equal([]);
          const { pausedSeconds, throttledSeconds, trackingSeconds, balloonSeconds, faultsSeconds } = report.lostWork;
          const lost = pausedSeconds + throttledSeconds + trackingSeconds + balloonSeconds + faultsSeconds;
          expect(lost).to.be.closeTo((1 - report.throughput.during) * report.totalSeconds, 1e-6 + 1e-3 * report.totalSeconds);
        },
      ),
      { numRuns: 150 },
    );
  });
});
