import { expect } from 'chai';
import { optimized, simulate, techniques, type Fault, type Migration, type Scenario } from '../../../src/engine';
import { ideal } from './scenarios';

const B = 1024 * 4104;

/** 256 pages, 1,024 pages a second: figures of which nothing rounds. */
const small = (rest: Partial<Scenario> = {}, guest: Partial<Scenario['guest']> = {}): Scenario => ({
  ...ideal({ pages: 256, workingSetPages: 64, ...guest }),
  ideal: false,
  link: { bytesPerSecond: B, latency: 0 },
  ...rest,
});
/** With its disk copied first. */
function mirrored(setting: Scenario) {
  const { scenario, strategy } = optimized(setting, techniques['pre-copy'], ['mirror-storage']);
  return simulate(scenario, strategy);
}

const linkBreaksAt = (at: number): readonly Fault[] => [{ kind: 'link', at, seconds: 1 }];

describe('a migration that breaks', () => {
  it('after the hand-over ends when it breaks, not when the last thing happened before', () => {
    // Everything that the guest reads is there after a moment; then nothing happens until the link breaks.
    const reads = { workload: 'sequential', readsPerSecond: 1024, workingSetPages: 16 } as const;
    const report = simulate(small({ faults: linkBreaksAt(0.875) }, reads), techniques['demand-paging']);
    expect(report.broken).to.include({ outcome: 'lost' });
    expect(report).to.deep.include({ downtimeSeconds: 0, resumeSeconds: 0.875, totalSeconds: 0.875, networkFaults: 16 });
    expect(report.throughput.during).to.be.closeTo(1 - report.faultStallSeconds / 0.875, 1e-9);
  });

  it('while the order to go on is under way leaves the guest at the source', () => {
    const scenario = small({ link: { bytesPerSecond: B, latency: 0.125 }, faults: linkBreaksAt(0.3125) });
    const report = simulate(scenario, techniques['stop-and-copy']);
    expect(report.broken).to.include({ outcome: 'failed' });
    expect(report.broken!.message).to.include('The order to go on had not arrived');
    expect(report).to.deep.include({ converged: false, downtimeSeconds: 0.3125, resumeSeconds: 0, totalSeconds: 0.3125 });
    expect(report.downtimeParts).to.deep.include({ pagesSeconds: 0.25, latencySeconds: 0.0625 });
    expect(report.timeline).not.to.have.property('resumedAtSeconds');
  });

  it('during the last page of a push loses that page, and sends it again if it can', () => {
    const scenario = { ...small({ faults: [{ kind: 'link', at: 0.0625 - 1 / 2048, seconds: 1 }], recovers: true }) };
    const left: number[] = [];
    const report = simulate(scenario, function* (m) {
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
      yield m.send(m.missing().first(64));
      left.push(m.missing().size);
      yield m.send(m.missing());
    });
    expect(left).to.deep.equal([256 - 63]);
    expect(report).to.include({ pagesSent: 257, residualPages: 0 });
    expect(report.violations).to.deep.equal([]);
  });

  it('counts the round that was cut short', () => {
    const { rounds } = simulate(small({ faults: linkBreaksAt(0.125) }), techniques['pre-copy']);
    expect(rounds).to.deep.equal([{ pages: 128, seconds: 0.125, dirtied: 0 }]);
  });

  it('during the downtime says where the downtime went until then', () => {
    const report = simulate(small({ faults: linkBreaksAt(0.125) }), techniques['stop-and-copy']);
    expect(report).to.deep.include({ downtimeSeconds: 0.125, finalPages: 128 });
    expect(report.downtimeParts).to.deep.include({ pagesSeconds: 0.125, stateSeconds: 0 });
  });

  it('counts of the state what went', () => {
    const report = simulate(small({ faults: linkBreaksAt(0.375) }, { stateBytes: B }), techniques['stop-and-copy']);
    expect(report.transferredParts).to.include({ pagesBytes: 256 * 4104, stateBytes: B / 8 });
    expect(report.downtimeParts).to.deep.include({ pagesSeconds: 0.25, stateSeconds: 0.125 });
  });

  it('counts of the disk what went', () => {
    const storage = { bytes: B, writtenBytesPerSecond: B / 2, inFlightSeconds: 0 };
    const scenario = small({ storage, faults: linkBreaksAt(0.5) });
    const report = mirrored(scenario);
    expect(report.transferredParts).to.deep.equal({ pagesBytes: 0, stateBytes: 0, storageBytes: B / 2 });
  });

  it('is over also for a strategy that catches what it is told', () => {
    const tracking = { mechanism: 'none', firstWriteSeconds: 0, exitPages: 0, exitSeconds: 0, scanSecondsPerPage: 1 / 256, readSecondsPerDirtyPage: 0, flushSeconds: 0, clearChunkPages: 0 } as const;
    function* stubborn(m: Migration) {
      yield m.send(m.guest.allPages());
      m.syncDirty(); // reading the bitmap takes a second, in which the link breaks
      try {
        m.pause();
      } catch {
        return;
      }
    }
    const report = simulate(small({ tracking, faults: linkBreaksAt(0.5) }), stubborn);
    expect(report.broken).to.include({ outcome: 'failed' });
    expect(report.totalSeconds).to.equal(0.5);
    expect(report.violations).to.deep.equal([]);
  });
});
