import { expect } from 'chai';
import { simulate, type GuestSpec, type Scenario } from '../../../../src/engine';
import { presets, queryMigrate } from '../../../../src/engine/techniques/hypervisors';
import { MECHANISMS } from '../../../../src/engine/tracking/tracking';

const { prepare, strategies } = presets.qemu;

/** 272 MiB on a link of 1.4 GB/s, as on loopback, and a max-bandwidth of 125 MB/s. */
function loopback(guest: Partial<GuestSpec> = {}, rest: Partial<Scenario> = {}): Scenario {
  return prepare({
    guest: {
      pages: 69_632,
      workload: 'random',
      writesPerSecond: 3052,
      readsPerSecond: 0,
      workingSetPages: 16_384,
      zeroFraction: 0,
      vcpus: 1,
      stateBytes: 0,
      ...guest,
    },
    link: { bytesPerSecond: 1.4e9, latency: 0 },
    maxBandwidth: 125e6,
    setupSeconds: 0,
    tracking: MECHANISMS.none,
    downtimeLimit: 0.3,
    maxRounds: 30,
    seed: 1,
    ideal: false,
    ...rest,
  });
}

describe('QEMU', () => {
  it('sends each quota of 100 ms in a burst at the speed of the link', () => {
    const { timeline } = simulate(loopback(), strategies['pre-copy']);
    const bursts = timeline.pagesSent.filter((pages) => pages > 0).length * timeline.sampleSeconds;
    expect(bursts).to.be.lessThan(0.3 * timeline.sampleSeconds * timeline.pagesSent.length);
  });

  it('predicts with max-bandwidth and copies at the speed of the link: downtime is far below its limit', () => {
    const report = simulate(loopback({ writesPerSecond: 7629 }), strategies['pre-copy']);
    expect(report.downtimeSeconds).to.be.within(0.015, 0.03);
    // On a link that is as slow as max-bandwidth, the same pages take up to the limit.
    const shaped = simulate(loopback({ writesPerSecond: 7629 }, { link: { bytesPerSecond: 125e6, latency: 0 } }), strategies['pre-copy']);
    expect(shaped.downtimeSeconds).to.be.within(0.15, 0.31);
  });

  it('sends in the downtime what became dirty since the bitmap was read: the limit may be exceeded', () => {
    const slowToRead = { ...MECHANISMS.none, scanSecondsPerPage: 1e-6 };
    const scenario = loopback({ writesPerSecond: 22_000 }, { link: { bytesPerSecond: 125e6, latency: 0 }, tracking: slowToRead });
    const report = simulate(scenario, strategies['pre-copy']);
    expect(report.downtimeSeconds).to.be.greaterThan(0.3);
    // The reading on which the prediction rests comes before the pause; only the last one is downtime.
    expect(report.downtimeParts.trackingSeconds).to.be.closeTo(69_632e-6, 1e-9);
  });

  it('goes on for ever when the rest never fits', () => {
    const scenario = loopback({ writesPerSecond: 60_000, workingSetPages: 65_536 });
    const report = simulate(scenario, strategies['pre-copy'], { maxSeconds: 20 });
    expect(report.violations.map(({ kind }) => kind)).to.deep.equal(['endless']);
    expect(report.totalSeconds).to.be.within(20, 20.2);
  });

  it('takes 128 MiB/s of a faster link unless told otherwise, and says so', () => {
    const fast = { link: { bytesPerSecond: 1.25e9, latency: 0 } };
    const byDefault = simulate(prepare({ ...loopback(), ...fast, maxBandwidth: undefined }), strategies['pre-copy']);
    expect(byDefault.totalSeconds).to.be.within(2.0, 2.4);
    expect(byDefault.notes.map(({ text }) => text)).to.deep.equal([
      'max-bandwidth is 134 MB/s, and the link could do 1250 MB/s: QEMU sends no faster, but for the final copy.',
    ]);
    const unlimited = simulate(loopback({}, { ...fast, maxBandwidth: Infinity }), strategies['pre-copy']);
    expect(unlimited.totalSeconds).to.be.within(0.2, 0.35);
    expect(unlimited.notes).to.deep.equal([]);
  });

  it('lets the guest run during the set-up, and sends nothing twice for it', () => {
    const report = simulate(loopback({}, { setupSeconds: 0.5, maxBandwidth: Infinity }), function* (m) {
      expect(m.now).to.equal(0.5);
      expect(m.peekDirty().size).to.equal(0);
      yield m.wait(0.5);
      expect(m.peekDirty().size).to.be.within(1450, 1526);
      m.abort('seen');
    });
    expect(report).to.include({ setupSeconds: 0.5, totalSeconds: 1 });
    expect(report.violations).to.deep.equal([]);
  });

  it('starts post-copy after the first window, and each page goes once but for what was dirty again', () => {
    const report = simulate(loopback({ readsPerSecond: 3000 }), strategies['post-copy']);
    expect(report.timeline.pausedAtSeconds).to.be.closeTo(0.1, 1e-6);
    // The first window holds 12.5 MB, 3,046 pages; of them those that the guest wrote meanwhile are sent again.
    const again = report.pagesSent - 69_632;
    expect(again).to.be.within(0, 305);
    expect(report.pagesBytesByPhase.preparation).to.equal(3046 * 4104);
    expect(report.tracking.syncs).to.equal(2);
    expect(report).to.include({ residualPages: 0, converged: true });
    expect(report.violations).to.deep.equal([]);
  });

  it('goes on behind the page that was asked for last', () => {
    // The guest reads upwards from the middle of its memory: one request, and from there the scan is ahead of it.
    const guest = { writesPerSecond: 0, workload: 'sequential', readsPerSecond: 20_000, workingSetPages: 30_000, workingSetStart: 35_000 } as const;
    const scenario = loopback(guest, { link: { bytesPerSecond: 125e6, latency: 1e-4 } });
    expect(simulate(scenario, strategies['post-copy']).networkFaults).to.be.within(1, 60);
  });

  it('switches from pre-copy to post-copy after the first pass when management asks for it', () => {
    const busy = loopback({ writesPerSecond: 60_000, workingSetPages: 65_536 });
    const report = simulate(busy, strategies.hybrid);
    expect(report).to.include({ residualPages: 0, converged: true });
    expect(report.pagesSent).to.be.at.most(2 * 69_632);
    expect(report.tracking.syncs).to.equal(3);
    expect(report.violations).to.deep.equal([]);
  });

  it('stopped first, is out for the whole copy', () => {
    const report = simulate(loopback(), strategies['stop-and-copy']);
    expect(report.pagesSent).to.equal(69_632);
    expect(report.downtimeSeconds).to.equal(report.totalSeconds);
    expect(report.totalSeconds).to.be.within(2.0, 2.3);
  });

  it('copies a stopped guest at the speed of the link once the rest fits', () => {
    expect(simulate(loopback({ pages: 3000, workingSetPages: 3000 }), strategies['pre-copy']).totalSeconds).to.be.lessThan(0.11);
  });

  it('does not take the reading at the set-up for the end of a round: XBZRLE has nothing cached before', () => {
    const encodings = [{ kind: 'xbzrle', cachePages: 16_384, encodeSeconds: 1e-6 }] as const;
    const report = simulate(loopback({ writesPerSecond: 30_000 }, { stream: { encodings } }), strategies['pre-copy']);
    const told = queryMigrate(report)['xbzrle-cache']!;
    expect(told['cache-size']).to.equal(2 ** 26);
    // Each page of the working set is missed once, when it is first sent again; the first pass is no miss.
    expect(told['cache-miss']).to.be.within(1, 16_384 + 9155);
    expect(told.pages).to.be.greaterThan(0);
    expect(told.bytes).to.be.greaterThan(0);
  });
});
