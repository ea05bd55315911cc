import { expect } from 'chai';
import fc from 'fast-check';
import { simulate, type Scenario, type TechniqueName } from '../../../../src/engine';
import { presets, type Preset, type PresetName } from '../../../../src/engine/techniques/hypervisors';
import { MECHANISMS } from '../../../../src/engine/tracking/tracking';
import { B, ideal, N } from '../scenarios';

const names = Object.keys(presets) as PresetName[];
const byName: Readonly<Record<PresetName, Preset>> = presets;
const everyStrategy = names.flatMap((preset) =>
  (Object.keys(byName[preset].strategies) as TechniqueName[]).map((technique) => ({ preset, technique })),
);

/** 1 GiB, a quarter of it zero, 94 MiB/s of random writes to 256 MiB, 1 Gbit/s. */
const guest: Scenario = {
  guest: { pages: N, workload: 'random', writesPerSecond: 24_000, readsPerSecond: 0, workingSetPages: N / 4, zeroFraction: 0.25, vcpus: 1, stateBytes: 2 ** 20 },
  link: { bytesPerSecond: 125e6, latency: 1e-4 },
  downtimeLimit: 0.3,
  maxRounds: 30,
  seed: 1,
  ideal: false,
};

describe('the hypervisors', () => {
  it('the same guest, five outcomes', () => {
    const outcomes = names.map((name) => {
      const report = simulate(byName[name].prepare(guest), byName[name].strategies['pre-copy']!);
      expect(report.violations, name).to.deep.equal([]);
      const { converged, rounds, totalSeconds, downtimeSeconds, pagesSent } = report;
      return [name, converged, rounds.length, totalSeconds.toFixed(1), Math.round(1000 * downtimeSeconds), Math.round(pagesSent / 1000)];
    });
    expect(outcomes).to.deep.equal([
      ['xen-legacy', true, 21, '11.8', 10, 360],
      ['xen', false, 5, '13.4', 376, 409],
      ['qemu', true, 10, '10.6', 296, 387],
      ['cloud-hypervisor', true, 6, '13.6', 252, 413],
      ['hyper-v', true, 10, '11.7', 81, 421],
    ]);
  });

  it('whatever the guest, none breaks a rule', () => {
    const anyGuest = fc.record({
      pages: fc.integer({ min: 1, max: 3000 }),
      workload: fc.constantFrom('idle', 'linear', 'sequential', 'random', 'hot-cold'),
      writesPerSecond: fc.integer({ min: 0, max: 20_000 }),
      readsPerSecond: fc.integer({ min: 0, max: 20_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      zeroFraction: fc.double({ min: 0, max: 1, noNaN: true }),
      vcpus: fc.integer({ min: 1, max: 3 }),
      stateBytes: fc.integer({ min: 0, max: 100_000 }),
      bytesPerSecond: fc.integer({ min: 1_000_000, max: 200_000_000 }),
      downtimeLimit: fc.double({ min: 0, max: 0.5, noNaN: true }),
      maxBandwidth: fc.constantFrom(undefined, 5e6, Infinity),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      ideal: fc.boolean(),
    });
    fc.assert(
      fc.property(anyGuest, fc.constantFrom(...everyStrategy), (given, { preset, technique }) => {
        const { share, bytesPerSecond, downtimeLimit, maxBandwidth, seed, ideal: isIdeal, ...rest } = given;
        const scenario = {
          guest: { ...rest, workingSetPages: Math.max(1, Math.round(share * rest.pages)) },
          link: { bytesPerSecond, latency: 1e-4 },
          downtimeLimit,
          maxBandwidth,
          maxRounds: 30,
          seed,
          ideal: isIdeal,
        } as Scenario;
        const { prepare, strategies } = byName[preset];
        const report = simulate(prepare(scenario), strategies[technique]!, { maxSeconds: 30 });
        // Rules without a bound go on for ever with a guest that writes too fast: that is all they may be found to do.
        expect(report.violations.filter(({ kind }) => kind !== 'endless')).to.deep.equal([]);
        if (report.violations.length > 0) return;
        expect(report.residualPages).to.equal(0);
        expect(report.pagesSent).to.be.at.least(rest.pages);
        if (technique === 'stop-and-copy') expect(report.pagesSent).to.equal(rest.pages);
        if (technique === 'hybrid' || technique === 'post-copy') expect(report.pagesSent).to.be.at.most(2 * rest.pages);
        const { preparation, downtime, resume } = report.pagesBytesByPhase;
        expect(preparation + downtime + resume).to.equal(report.transferredParts.pagesBytes);
      }),
      { numRuns: 60 },
    );
  });

  it('leave alone what the scenario set', () => {
    const set = { ...guest, tracking: MECHANISMS['dirty-ring'], stream: { encodings: [], zeroPages: true, zeroPageSeconds: 1 }, maxBandwidth: 1e6, setupSeconds: 2 };
    for (const name of names) expect(byName[name].prepare(set), name).to.deep.include(set);
  });

  it('say what their own costs are where it did not', () => {
    const prepared = names.map((name) => byName[name].prepare(guest));
    expect(prepared.map(({ tracking }) => tracking!.mechanism)).to.deep.equal(['shadow', 'pml', 'kvm-bitmap', 'kvm-bitmap', 'write-protect']);
    expect(prepared.map(({ stream }) => stream!.zeroPages ?? true)).to.deep.equal([false, false, true, false, true]);
    expect(prepared.map(({ maxBandwidth }) => maxBandwidth)).to.deep.equal([undefined, undefined, 2 ** 27, undefined, undefined]);
  });

  it('hyper-v: ten passes, whatever they leave', () => {
    const report = simulate(ideal({ writesPerSecond: 2 * B, workingSetPages: 65_536 }), presets['hyper-v'].strategies['pre-copy']);
    expect(report.rounds).to.have.length(10);
    expect(report.finalPages).to.equal(65_536);
  });

  it('cloud-hypervisor: until the rest fits the limit at the last round’s bandwidth', () => {
    // Exactly: 4,096 pages at 32,768 pages/s take 0.125 s.
    const report = simulate(ideal({ writesPerSecond: B / 4 }, { downtimeLimit: 0.125 }), presets['cloud-hypervisor'].strategies['pre-copy']);
    expect(report.rounds.map(({ pages }) => pages)).to.deep.equal([262_144, 65_536, 16_384]);
    expect(report).to.include({ finalPages: 4096, downtimeSeconds: 0.125, totalSeconds: 10.625 });
  });

  it('cloud-hypervisor: that bandwidth is what the CPU allowed, not what the link could do', () => {
    const link = { bytesPerSecond: 4104 * B, latency: 0 };
    const stream = { encodings: [], fullPageSeconds: 4 / B };
    // A quarter of the link: 1,024 pages, of which 64 are left after the second round, take 1/128 s, not 1/512 s.
    const scenario = { ...ideal({ pages: 1024, workingSetPages: 1024, writesPerSecond: B / 16 }), ideal: false, link, stream };
    const rounds = (downtimeLimit: number) =>
      simulate({ ...scenario, downtimeLimit }, presets['cloud-hypervisor'].strategies['pre-copy']).rounds.length;
    expect([rounds(1 / 100), rounds(1 / 200)]).to.deep.equal([2, 3]);
  });

  it('cloud-hypervisor: a page that is dirty again before the pause goes twice during it', () => {
    // Reading the log takes a second here, in which the guest dirties everything again.
    const slowToRead = { ...MECHANISMS.none, scanSecondsPerPage: 1 / 1024 };
    const small = { pages: 1024, workingSetPages: 1024, writesPerSecond: 1024 };
    const scenario = { ...ideal(small), ideal: false, tracking: slowToRead };
    const report = simulate(scenario, presets['cloud-hypervisor'].strategies['pre-copy']);
    expect(report.finalPages).to.equal(1024 + report.rounds.at(-1)!.dirtied);
    expect(report.violations).to.deep.equal([]);
  });

  it('cloud-hypervisor: post-copy waits a round trip for each page', () => {
    const idle = { ...ideal({ pages: 1024, workingSetPages: 1024 }), ideal: false };
    const seconds = (latency: number) =>
      simulate({ ...idle, link: { bytesPerSecond: B * 4104, latency } }, presets['cloud-hypervisor'].strategies['post-copy']).resumeSeconds;
    expect(seconds(0)).to.be.closeTo(1024 / B, 1e-9);
    expect(seconds(0.001)).to.be.closeTo(1024 / B + 1024 * 0.002, 16 * 0.002);
  });

  it('cloud-hypervisor: cancelled after an hour, and the guest goes on', () => {
    const scenario = ideal({ pages: 64, workingSetPages: 64, workload: 'linear', writesPerSecond: 8 }, { downtimeLimit: 0, link: { bytesPerSecond: 4096 * 4, latency: 0 } });
    const { prepare, strategies } = presets['cloud-hypervisor'];
    const report = simulate(prepare(scenario), strategies['pre-copy']);
    expect(report.aborted).to.equal('not converged after 3600 s');
    expect(report.totalSeconds).to.be.within(3600, 5000);
    expect(report.violations).to.deep.equal([]);
  });
});
