import { expect } from 'chai';
import { optimized, simulate, techniques, type Migration, type Scenario, type Strategy } from '../../../src/engine';
import type { EncodingSpec } from '../../../src/engine/encoding/encoding';
import { ideal } from './scenarios';

/** 256 pages, 1,024 pages a second: figures of which nothing rounds. */
const small = (rest: Partial<Scenario> = {}, guest: Partial<Scenario['guest']> = {}): Scenario => ({
  ...ideal({ pages: 256, workingSetPages: 64, ...guest }),
  ideal: false,
  link: { bytesPerSecond: 1024 * 4104, latency: 0 },
  ...rest,
});

/** With its disk copied first. */
function mirrored(setting: Scenario, technique: Strategy = techniques['pre-copy']) {
  const { scenario, strategy } = optimized(setting, technique, ['mirror-storage']);
  return simulate(scenario, strategy);
}

describe("the guest's disk", () => {
  const B = 1024 * 4104;
  const storage = { bytes: B, writtenBytesPerSecond: B / 2, inFlightSeconds: 0.25 };

  it('takes bytes / (link − writes) to copy, and its writes take their share of the link until the pause', () => {
    const report = mirrored(small({ storage }));
    expect(report.violations).to.deep.equal([]);
    // 2 s for the disk; 256 pages at half the link's rate: 0.5 s; nothing dirty; 0.25 s of requests in flight.
    expect(report).to.deep.include({ preparationSeconds: 2.5, downtimeSeconds: 0.25, totalSeconds: 2.75 });
    expect(report.downtimeParts).to.deep.include({ storageSeconds: 0.25, pagesSeconds: 0 });
    expect(report.transferredParts).to.deep.equal({ pagesBytes: 256 * 4104, stateBytes: 0, storageBytes: 2 * B + B / 4 });
    expect(report.transferredBytes).to.equal(256 * 4104 + 2.25 * B);
  });

  it('is missed if nobody copied it', () => {
    const report = simulate(small({ storage }), techniques['pre-copy']);
    expect(report.violations.map(({ kind }) => kind)).to.deep.equal(['storage-missing']);
  });

  it('is not copied by a link that is no faster than its writes', () => {
    const scenario = small({ storage: { ...storage, writtenBytesPerSecond: B } });
    const report = mirrored(scenario);
    expect(report.violations[0]!.message).to.match(/never catches up/);
  });

  it('leaves to the pages what a throttled guest’s writes leave of the link, in the mean of its turns', () => {
    const scenario = small({ storage: { bytes: 4104, writtenBytesPerSecond: B / 2, inFlightSeconds: 0 } });
    function* throttled(m: Migration) {
      yield m.mirrorStorage();
      m.throttle(0.5, { runSeconds: 0.01 });
      yield m.wait(0.015); // it sleeps now
      yield m.send(m.guest.allPages());
      m.abort('measured');
    }
    const started = 4104 / (B / 2) + 0.015;
    // Half the link's rate, half of the time: three quarters are left for 256 pages.
    expect(simulate(scenario, throttled).totalSeconds - started).to.be.closeTo(0.25 / 0.75, 1e-12);
  });

  it('is not there in the world of the closed forms', () => {
    const closed = { ...small({ storage: { ...storage, inFlightSeconds: 1 } }), ideal: true };
    expect(simulate(closed, techniques['pre-copy'])).to.deep.include({ downtimeSeconds: 0, violations: [] });
  });

  it('has requests under way also if both hosts reach it', () => {
    const shared = { bytes: 0, writtenBytesPerSecond: 0, inFlightSeconds: 0.25 };
    const report = simulate(small({ storage: shared }), techniques['stop-and-copy']);
    expect(report).to.deep.include({ downtimeSeconds: 0.5, violations: [] });
    expect(report.downtimeParts).to.include({ storageSeconds: 0.25 });
    expect(report.transferredParts.storageBytes).to.equal(0);
  });

  it('may be so large that its copy takes longer than anything else', () => {
    const scenario = small({ storage: { bytes: 10_000 * B, writtenBytesPerSecond: 0, inFlightSeconds: 0 } });
    const report = mirrored(scenario);
    expect(report.violations).to.deep.equal([]);
    expect(report.totalSeconds).to.equal(10_000.25);
  });

  it('takes no time if it is shared', () => {
    expect(mirrored(small(), techniques['stop-and-copy'])).to.deep.include({ totalSeconds: 0.25, transferredBytes: 256 * 4104 });
  });
});

describe('a passed-through device', () => {
  const device = { deviceWritesPerSecond: 200, workload: 'idle' } as const;

  it('leaves stale pages behind that the dirty bitmap does not show', () => {
    const report = simulate(small({}, device), techniques['pre-copy']);
    expect(report.violations).to.have.length(1);
    expect(report.violations[0]).to.include({ kind: 'stale-page' });
    expect(report.violations[0]!.because).to.match(/passed-through device wrote it at .* the dirty bitmap shows only what vCPUs write/);
  });

  it('is seen if it reports what it wrote', () => {
    const report = simulate(small({}, { ...device, deviceTracked: true }), techniques['pre-copy']);
    expect(report.violations).to.deep.equal([]);
    expect(report.pagesSent).to.be.above(256);
  });

  it('fills pages with something else: nothing of them can be sent as a difference, or as a copy of another page', () => {
    const content = { duplicateFraction: 1 };
    const written = { ...device, deviceWritesPerSecond: 800, deviceTracked: true, workingSetPages: 256, content };
    const sent = (encoding: EncodingSpec) => {
      const report = simulate(small({ stream: { encodings: [encoding] }, downtimeLimit: 0, maxRounds: 6 }, written), techniques['pre-copy']);
      const [first, ...later] = report.rounds.map(({ pages }) => pages);
      return { report, first, later: later.reduce((sum, pages) => sum + pages, report.finalPages) };
    };
    const xbzrle = sent({ kind: 'xbzrle', cachePages: 256, encodeSeconds: 0 });
    // Some are dirty again although they went after that write: nothing of them changed. All others overflow.
    const { overflows, bytes } = xbzrle.report.xbzrle!;
    expect(overflows).to.be.above(0);
    expect(bytes).to.equal(overflows * 4096);
    const dedup = sent({ kind: 'duplicate', hashSeconds: 0 });
    // All references are of the first round.
    expect(dedup.later).to.be.above(0);
    expect(dedup.report.pagesByEncoding.full).to.be.at.least(dedup.later);
  });

  it('has written a page that the bitmap showed, if it reports what it writes: then nobody looked', () => {
    const report = simulate(small({}, { ...device, deviceTracked: true }), function* (m) {
      yield m.send(m.guest.allPages());
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
    });
    expect(report.violations[0]!.because).to.match(/nobody read the dirty bitmap after that write/);
  });

  it('is counted in the timeline', () => {
    const { timeline, rounds } = simulate(small({}, { ...device, deviceTracked: true }), techniques['pre-copy']);
    const dirtied = timeline.pagesDirtied.reduce((sum, pages) => sum + pages, 0);
    expect(dirtied).to.equal(rounds.reduce((sum, round) => sum + round.dirtied, 0)).and.be.above(0);
    for (const left of timeline.pagesRemaining) expect(left).to.be.within(0, 256);
  });
});

describe('a link that breaks before the hand-over', () => {
  it('leaves the guest at the source, and counts what was sent until then', () => {
    const report = simulate(small({ faults: [{ kind: 'link', at: 0.125, seconds: 1 }] }), techniques['pre-copy']);
    expect(report.broken).to.include({ outcome: 'failed' });
    expect(report).to.include({ converged: false, totalSeconds: 0.125, pagesSent: 128, transferredBytes: 128 * 4104 });
    expect(report.timeline.pagesSent.reduce((a, b) => a + b, 0)).to.equal(128);
    expect(report.throughput.during).to.equal(1);
    expect(report.violations).to.deep.equal([]);
  });
});

describe('a free page that is left out', () => {
  const scenario = small({}, { workload: 'sequential', workingSetPages: 256, writesPerSecond: 100, freeFraction: 1 });

  it('is missing, not outdated, if the guest writes it after all: the destination never got it', () => {
    let missing: number[] = [];
    const report = simulate(scenario, function* (m: Migration) {
      m.release(m.freePages());
      yield m.wait(0.05); // writes pages 0 to 4
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
      missing = m.missing().toArray();
      yield m.send(m.missing());
    });
    expect(missing).to.deep.equal([0, 1, 2, 3, 4]);
    expect(report.violations).to.deep.equal([]);
    expect(report).to.include({ pagesSent: 5, converged: true });
  });

  it('is outdated if the destination has an old copy of it', () => {
    const report = simulate(scenario, function* (m: Migration) {
      yield m.send(m.guest.allPages());
      m.release(m.freePages());
      yield m.wait(0.05);
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
    });
    expect(report.violations.map(({ kind }) => kind)).to.deep.equal(['stale-page']);
  });
});

describe('a balloon', () => {
  it('takes free pages for nothing, then copies of the disk, and then what is in use, which must be swapped out', () => {
    const guest = { freeFraction: 0.25, cacheFraction: 0.25, workload: 'idle' } as const;
    const took: number[] = [];
    const report = simulate(small({}, guest), function* (m: Migration) {
      for (const pages of [64, 128, 138]) {
        took.push(m.balloon(pages), m.freePages().size);
      }
      yield m.wait(1);
      m.abort('measured');
    });
    expect(took).to.deep.equal([0, 64, 0, 128, 10, 138]);
    expect(report.lostWork).to.include({ trackingSeconds: 0 });
    expect(report.lostWork.balloonSeconds).to.be.closeTo(10 * 1e-4, 1e-12);
    expect(report.tracking.stallSeconds).to.equal(0);
    expect(report.throughput.during).to.be.closeTo(0.999, 1e-9);
  });
});

describe("what the source's socket takes before it leaves", () => {
  const link = { bytesPerSecond: 1024 * 4104, latency: 0 };
  const queued = { link: { ...link, queueBytes: 64 * 4104 } };

  it('is waited for at the hand-over, and changes no total', () => {
    const report = simulate(small(queued), techniques['pre-copy']);
    // 256 pages take 0.25 s; the strategy thinks that all is sent when 64 of them are still in the socket.
    expect(report).to.deep.include({ preparationSeconds: 0.1875, downtimeSeconds: 0.0625, totalSeconds: 0.25 });
    expect(report.downtimeParts).to.deep.include({ queueSeconds: 0.0625, waitingSeconds: 0, pagesSeconds: 0 });
    expect(simulate(small(), techniques['pre-copy'])).to.deep.include({ downtimeSeconds: 0, totalSeconds: 0.25 });
  });

  it('has drained after a pause of the strategy that is long enough', () => {
    function* patient(m: Migration) {
      yield m.send(m.guest.allPages());
      yield m.wait(0.0625);
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
    }
    expect(simulate(small(queued), patient)).to.deep.include({ preparationSeconds: 0.25, downtimeSeconds: 0 });
  });

  it('holds what pages held when they were taken: what is written to them later is sent again', () => {
    const writes = { workload: 'linear', writesPerSecond: 512, workingSetPages: 256 } as const;
    const [without, with_] = [small({}, writes), small(queued, writes)].map((scenario) => simulate(scenario, techniques['pre-copy']));
    expect(with_!.violations).to.deep.equal([]);
    // The first 64 pages are taken at once, before anything is written.
    expect(with_!.rounds[0]!.seconds).to.equal(0.1875);
    expect(with_!.rounds[0]!.dirtied).to.equal(0.1875 * 512);
    expect(without!.rounds[0]!.dirtied).to.equal(0.25 * 512);
  });

  it('is nothing where the source holds itself back to less than the link gives', () => {
    function* slow(m: Migration) {
      m.limitRate(m.link.bytesPerSecond / 2);
      yield m.send(m.guest.allPages());
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
    }
    expect(simulate(small(queued), slow)).to.deep.include({ preparationSeconds: 0.5, downtimeSeconds: 0 });
  });
});

describe('a sender whose CPU is the bottleneck', () => {
  const slow = { stream: { encodings: [], fullPageSeconds: 1 / 256 } };
  const writes = { workload: 'linear', writesPerSecond: 128, workingSetPages: 256 } as const;

  it('knows it when it asks how long pages will take', () => {
    const seconds: number[] = [];
    simulate(small(slow), function* (m) {
      seconds.push(m.secondsToSend(m.guest.allPages()));
      yield m.send(m.guest.allPages());
      seconds.push(m.now);
      m.abort('measured');
    });
    expect(seconds).to.deep.equal([1, 1]);
  });

  it('has not converged if the last pages took longer than the limit, however fast the link is', () => {
    const once = { ...slow, maxRounds: 1 };
    const report = simulate(small({ ...once, downtimeLimit: 0.25 }, writes), techniques['pre-copy']);
    expect(report).to.deep.include({ finalPages: 128, downtimeSeconds: 0.5, converged: false });
    expect(simulate(small({ ...once, downtimeLimit: 0.5 }, writes), techniques['pre-copy'])).to.include({ converged: true });
  });
});
