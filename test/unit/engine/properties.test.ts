import { expect } from 'chai';
import fc from 'fast-check';
import { simulate, techniques, type GuestSpec, type Migration, type RunEvent, type Scenario, type Strategy } from '../../../src/engine';
import { patternOf } from '../../../src/engine/guest/pattern';
import { Random } from '../../../src/engine/guest/random';
import { Run } from '../../../src/engine/migration/run';
import { Verbs } from '../../../src/engine/migration/verbs';
import { anyScenario, anyTechnique } from './any-scenario';
import { naive, type NaiveStep } from './naive';
import { naiveDestination } from './naive-destination';

describe('whatever the guest, the link and the technique', () => {
  it('no technique breaks a rule, and the figures agree with each other', () => {
    fc.assert(
      fc.property(anyScenario, anyTechnique, (scenario, name) => {
        const report = simulate(scenario, techniques[name], { technique: name });
        const { pages } = scenario.guest;
        expect(report.violations).to.deep.equal([]);
        const close = (a: number, b: number) => expect(a).to.be.closeTo(b, 1e-9 * Math.max(1, report.totalSeconds));
        close(report.preparationSeconds + report.downtimeSeconds + report.resumeSeconds, report.totalSeconds);
        const parts = report.downtimeParts;
        close(parts.pagesSeconds + parts.stateSeconds + parts.latencySeconds + parts.waitingSeconds, report.downtimeSeconds);
        const header = scenario.ideal ? 0 : 8;
        const { full, zero } = report.pagesByEncoding;
        expect(report.pagesSent).to.equal(full + zero);
        expect(report.transferredBytes).to.equal(
          full * (4096 + header) + zero * (1 + header) + (scenario.ideal ? 0 : scenario.guest.stateBytes),
        );
        const live = report.rounds.reduce((sum, round) => sum + round.pages, 0);
        if (name === 'pre-copy' || name === 'stop-and-copy') {
          expect(report).to.include({ networkFaults: 0, residualPages: 0, pagesSent: live + report.finalPages });
          expect(report.pagesSent).to.be.at.least(pages);
        }
        if (name === 'stop-and-copy') expect(report.pagesSent).to.equal(pages);
        if (name === 'post-copy') expect(report).to.include({ pagesSent: pages, residualPages: 0, converged: true });
        if (name === 'demand-paging') expect(report.pagesSent).to.equal(report.networkFaults).and.equal(pages - report.residualPages);
        if (name === 'hybrid') {
          expect(report.pagesSent).to.equal(pages + report.rounds[0]!.dirtied).and.be.at.most(2 * pages);
        }
        for (const { dirtied } of report.rounds) expect(dirtied).to.be.at.most(scenario.guest.workingSetPages);
        for (const share of Object.values(report.throughput)) expect(share).to.be.within(0, 1);
        expect(report.faultStallSeconds).to.be.at.least(0);
      }),
      { numRuns: 150 },
    );
  });

  it('the timeline adds up to the totals', () => {
    fc.assert(
      fc.property(anyScenario, anyTechnique, (scenario, name) => {
        const { timeline, pagesSent, residualPages, totalSeconds } = simulate(scenario, techniques[name]);
        const sum = (series: number[]) => series.reduce((a, b) => a + b, 0);
        expect(sum(timeline.pagesSent)).to.equal(pagesSent);
        expect(timeline.pagesRemaining.at(-1)).to.equal(residualPages);
        expect(timeline.pagesSent.length * timeline.sampleSeconds).to.be.at.least(totalSeconds * (1 - 1e-12));
        expect(timeline.pagesSent.length).to.be.at.most(256);
        for (const share of timeline.throughput) expect(share).to.be.within(0, 1);
      }),
      { numRuns: 150 },
    );
  });

  it('the same seed gives the same report, to the byte', () => {
    fc.assert(
      fc.property(anyScenario, anyTechnique, (scenario, name) => {
        const once = JSON.stringify(simulate(scenario, techniques[name]));
        expect(JSON.stringify(simulate(scenario, techniques[name]))).to.equal(once);
      }),
      { numRuns: 60 },
    );
  });

  it('the order of events is that of an engine that makes an event of every write and every page', () => {
    // Rates are powers of two, so that equal times are equal: ties are where an engine goes wrong.
    const page = fc.nat(599);
    const step: fc.Arbitrary<NaiveStep & { long: boolean }> = fc.record({
      do: fc.constantFrom('send', 'send', 'send', 'wait', 'sync'),
      pages: fc.oneof(
        fc.uniqueArray(page, { maxLength: 40 }),
        fc.tuple(page, page).map(([a, b]) => Array.from({ length: Math.abs(a - b) }, (_, i) => Math.min(a, b) + i)),
      ),
      seconds: fc.nat(64).map((ticks) => ticks / 1024),
      // After a long wait the recorder's samples are long, and so is what the engine does between two of them.
      long: fc.boolean(),
      options: fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.nat(80).map((ticks) => ({ seconds: ticks / 2048 })) },
        { weight: 1, arbitrary: fc.nat(40 * 4096).map((bytes) => ({ bytes })) },
        { weight: 1, arbitrary: fc.constant({ skipDirty: true }) },
      ),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 8 }),
        fc.constantFrom('linear', 'sequential', 'random', 'hot-cold'),
        fc.constantFrom(64, 512, 1024, 4096, 16_384),
        fc.integer({ min: 1, max: 600 }),
        fc.nat(1000),
        (steps, workload, writesPerSecond, workingSetPages, seed) => {
          const guest = { pages: 600, workload, writesPerSecond, readsPerSecond: 0, workingSetPages, zeroFraction: 0, vcpus: 1, stateBytes: 0 } as const;
          const scenario: Scenario = { guest, link: { bytesPerSecond: 1024 * 4096, latency: 0 }, downtimeLimit: 0.3, maxRounds: 30, seed, ideal: true };
          const program: NaiveStep[] = [
            ...steps.map(({ long, ...step }) => (long ? { ...step, seconds: Math.min(8, 4096 / writesPerSecond) } : step)),
            { do: 'pause', pages: [], seconds: 0 },
          ];

          const writes = new Int32Array(120_000);
          patternOf(workload, workingSetPages, new Random(seed, 1))!.fill(writes, 0, writes.length);
          const expected = naive(scenario, Array.from(writes), program);

          const run = new Run(scenario);
          const m: Migration = new Verbs(run, () => undefined);
          const [dirtyAtSync, stale, unsent]: number[][][] = [[], [], []];
          for (const { do: verb, pages, seconds, options } of program) {
            if (verb === 'sync') dirtyAtSync.push(m.syncDirty().toArray());
            else if (verb === 'pause') m.pause();
            else run.perform((m as Verbs).yielded(verb === 'wait' ? m.wait(seconds) : m.send(m.guest.pages(pages), options))!);
            stale!.push(run.memory.stalePages().toArray());
            unsent!.push(m.unsent().toArray());
          }
          const missing = m.missing().toArray();
          expect({ now: run.now, bytes: run.bytes, dirtyAtSync, stale, unsent, missing }).to.deep.equal(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('after the hand-over, the engine agrees with one that follows every touch', () => {
    const page = fc.nat(599);
    const pages = fc.oneof(
      fc.uniqueArray(page, { maxLength: 40 }),
      fc.tuple(page, page).map(([a, b]) => Array.from({ length: Math.abs(a - b) }, (_, i) => Math.min(a, b) + i)),
    );
    const rate = fc.constantFrom(0, 64, 512, 1024, 4096);
    const guest: fc.Arbitrary<GuestSpec> = fc
      .record({
        workload: fc.constantFrom('linear', 'sequential', 'random', 'hot-cold', 'once'),
        writesPerSecond: rate,
        readsPerSecond: rate,
        workingSetPages: fc.integer({ min: 1, max: 600 }),
        workingSetStart: fc.constantFrom(0, 0, 100, 590),
        workingSetMoves: fc.constantFrom(0, 0, 64),
        vcpus: fc.constantFrom(1, 2, 4),
      })
      .map((rest) => ({ pages: 600, zeroFraction: 0, stateBytes: 0, ...rest }));
    const latency = fc.constantFrom(0, 1 / 1024, 1 / 64);
    fc.assert(
      fc.property(guest, latency, fc.array(pages, { maxLength: 8 }), fc.nat(1000), (guest, latency, some, seed) => {
        const scenario: Scenario = { guest, link: { bytesPerSecond: 1024 * 4104, latency }, downtimeLimit: 0.3, maxRounds: 30, seed, ideal: false };
        const pushes = [...some, Array.from({ length: 600 }, (_, i) => i)];
        const ends: number[] = [];
        // As they happen, and not as the source hears of them.
        const faults: number[] = [];
        const log = (event: RunEvent) => void (event.event === 'fault' && faults.push(event.page));
        const push: Strategy = function* (m) {
          m.pause();
          yield m.sendState();
          m.resumeAtDestination();
          for (const pages of pushes) {
            const left = m.missing().intersect(m.guest.pages(pages));
            if (left.size > 0) yield m.send(left);
            ends.push(m.now);
          }
        };
        const report = simulate(scenario, push, { log });
        expect({ faults, stallSeconds: report.faultStallSeconds, ends }).to.deep.equal(naiveDestination(scenario, pushes));
      }),
      { numRuns: 150 },
    );
  });
});
