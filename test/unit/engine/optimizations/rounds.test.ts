import { expect } from 'chai';
import { simulate, type Strategy } from '../../../../src/engine';
import { optimized } from '../../../../src/engine/optimizations';
import { presets, type PresetName } from '../../../../src/engine/techniques/hypervisors';
import { gigabit, runWith } from './run-with';

const MBIT = 125_000; // bytes per second

describe('rate-adaptation', () => {
  const writing = gigabit({ workload: 'random', writesPerSecond: 2000, workingSetPages: 4096 });

  it('sends the first round at 100 Mbit/s, each later one at the last dirty rate and 50 Mbit/s, the last at full speed', () => {
    const { rounds, downtimeParts, finalPages, converged } = runWith(['rate-adaptation'], writing);
    const rate = (i: number) => (rounds[i]!.pages * 4104) / rounds[i]!.seconds;
    expect(rate(0)).to.be.closeTo(100 * MBIT, 1);
    for (let i = 1; i < rounds.length; i++) {
      const dirtied = (rounds[i - 1]!.dirtied * 4096) / rounds[i - 1]!.seconds;
      const wanted = Math.max(100 * MBIT, dirtied + 50 * MBIT);
      expect(rate(i) / wanted).to.be.closeTo(1, 1e-3);
    }
    expect(rounds.length).to.be.above(1);
    expect((finalPages * 4104) / downtimeParts.pagesSeconds).to.be.closeTo(1000 * MBIT, 1000);
    expect(converged).to.equal(true);
  });

  it('leaves the network to others for longer, and so does not help an idle guest', () => {
    const [without, adapted] = [runWith([], gigabit()), runWith(['rate-adaptation'], gigabit())];
    expect(adapted.transferredBytes).to.equal(without.transferredBytes);
    expect(adapted.totalSeconds).to.be.above(9 * without.totalSeconds);
  });

  it('ends live rounds when the next one would have to go faster than 500 Mbit/s', () => {
    const busy = gigabit({ writesPerSecond: 14_500, workingSetPages: 32_768 }, { downtimeLimit: 0.01 });
    const { rounds, converged } = runWith(['rate-adaptation'], busy);
    // 14,500 pages/s are 475 Mbit/s, and with 50 more than 500. The first round lasts 10.8 s and dirties all pages, so
    // the rate looks lower than it is; the second does not.
    const last = rounds.at(-1)!;
    expect((last.dirtied * 4096) / last.seconds + 50 * MBIT).to.be.above(500 * MBIT);
    expect(rounds.length).to.be.below(30);
    expect(converged).to.equal(false);
  });

  it('ends live rounds when less than 256 KiB are left', () => {
    const nearlyIdle = gigabit({ writesPerSecond: 5 }, { downtimeLimit: 0 });
    const { rounds } = runWith(['rate-adaptation'], nearlyIdle);
    expect(rounds).to.have.length(1);
    expect(runWith([], nearlyIdle).rounds.length).to.be.above(1);
  });

  /** 256 MiB, of which 128 MiB are written at 200 MiB/s, one page after the other. */
  const restless = gigabit({ pages: 65_536, writesPerSecond: 51_200, workingSetPages: 32_768 });
  const under = (preset: PresetName, parameters = {}) => {
    const { prepare, strategies } = presets[preset];
    const { scenario, strategy } = optimized(prepare(restless), strategies['pre-copy'], [{ name: 'rate-adaptation', parameters }]);
    return simulate(scenario, strategy, { maxSeconds: 400 });
  };
  for (const preset of Object.keys(presets) as PresetName[]) {
    it(`ends the live rounds of ${preset}, too, which asks nobody`, () => {
      const { rounds, violations, residualPages, finalPages, downtimeParts } = under(preset);
      expect({ violations, residualPages }).to.deep.equal({ violations: [], residualPages: 0 });
      const rate = ({ pages, seconds }: (typeof rounds)[number]) => (pages * 4096) / seconds;
      for (const round of rounds) expect(rate(round)).to.be.below(500 * MBIT);
      // Everything that is ever written is dirty at the end, and it goes with the guest paused, at full speed.
      expect(finalPages).to.be.within(32_700, 32_768);
      expect((finalPages * 4104) / downtimeParts.pagesSeconds).to.be.closeTo(1000 * MBIT, 10 * MBIT);
      // Xen's own rule ends it after five rounds.
      const last = rounds.at(-1)!;
      if (preset !== 'xen') expect((last.dirtied * 4096) / last.seconds + 50 * MBIT).to.be.above(500 * MBIT);
    });
  }

  it('ends the live rounds of Clark’s own system by its rule, before three times the memory is sent', () => {
    const without = simulate(presets['xen-legacy'].prepare(restless), presets['xen-legacy'].strategies['pre-copy']);
    expect(without.rounds.length).to.be.above(5);
    expect(under('xen-legacy').rounds.length).to.be.below(4);
  });

  it('keeps to the administrator’s bounds, and goes up by the increment', () => {
    const fast = { ...writing, link: { bytesPerSecond: 10_000 * MBIT, latency: 0 }, downtimeLimit: 0.002 };
    const parameters = { minimum: 200 * MBIT, maximum: 5000 * MBIT, increment: 400 * MBIT };
    const { rounds } = runWith([{ name: 'rate-adaptation', parameters }], fast);
    const rate = (i: number) => (rounds[i]!.pages * 4104) / rounds[i]!.seconds;
    expect(rate(0)).to.be.closeTo(200 * MBIT, 1);
    const dirtied = (rounds[0]!.dirtied * 4096) / rounds[0]!.seconds;
    expect(rate(1) / (dirtied + 400 * MBIT)).to.be.closeTo(1, 1e-3);
    expect(under('qemu', { maximum: 200 * MBIT }).rounds.length).to.be.below(under('qemu').rounds.length);
  });

  it('sends what it held back also for a strategy that reads the bitmap no more', () => {
    const untilClean: Strategy = function* (m) {
      let pages = m.guest.allPages();
      while (pages.size > 0) {
        yield m.send(pages);
        pages = m.syncDirty();
        if (pages.size === 0) expect(m.peekDirty().size).to.equal(0);
      }
      m.pause();
      yield m.send(pages);
      yield m.sendState();
      m.resumeAtDestination();
    };
    const { strategy } = optimized(restless, untilClean, ['rate-adaptation']);
    const { violations, residualPages, finalPages } = simulate(restless, strategy, { maxSeconds: 400 });
    expect({ violations, residualPages }).to.deep.equal({ violations: [], residualPages: 0 });
    expect(finalPages).to.be.within(32_700, 32_768);
  });

  it('tells what it held back to a strategy that discards it', () => {
    const thenPostcopy: Strategy = function* (m) {
      for (let pages = m.guest.allPages(); pages.size > 0; pages = m.syncDirty()) yield m.send(pages);
      m.pause();
      m.discard(m.syncDirty());
      yield m.sendState();
      m.resumeAtDestination();
      yield m.send(m.missing());
    };
    const { strategy } = optimized(restless, thenPostcopy, ['rate-adaptation']);
    const { violations, residualPages, finalPages } = simulate(restless, strategy, { maxSeconds: 400 });
    expect({ violations, residualPages, finalPages }).to.deep.equal({ violations: [], residualPages: 0, finalPages: 0 });
  });

  it('takes a rate that is slower than the engine lets memory go', () => {
    const slow = gigabit({}, { link: { bytesPerSecond: 1000, latency: 0 } });
    expect(runWith(['rate-adaptation'], slow).violations.map(({ kind }) => kind)).not.to.include('bad-call');
  });

  it('goes no faster than the link', () => {
    const slow = gigabit({}, { link: { bytesPerSecond: 50 * MBIT, latency: 0 } });
    expect(runWith(['rate-adaptation'], slow).totalSeconds).to.be.closeTo(runWith([], slow).totalSeconds, 1e-9);
  });
});

describe('skip-dirty', () => {
  const busy = gigabit({ workload: 'random', writesPerSecond: 12_000 }, { downtimeLimit: 0.05 });

  it('spares pages that would have to go once more anyway', () => {
    const [without, skipping] = [runWith([], busy), runWith(['skip-dirty'], busy)];
    expect(without.pagesSkipped).to.equal(0);
    expect(skipping.pagesSkipped).to.be.above(1000);
    expect(skipping.pagesSent).to.be.below(without.pagesSent - 1000);
    expect(skipping).to.include({ converged: true });
    expect(skipping.violations).to.deep.equal([]);
  });

  it('finds nothing to skip in an idle guest', () => {
    expect(runWith(['skip-dirty'], gigabit())).to.deep.equal(runWith([], gigabit()));
  });

  it('does not make a guest converge that writes all of its working set in every round', () => {
    const writing = gigabit({ writesPerSecond: 60_000, workingSetPages: 16_384 });
    expect(runWith(['skip-dirty'], writing).converged).to.equal(false);
  });

  it('skips nothing once the guest is paused: what is dirty then goes, too', () => {
    const withoutReading: Strategy = function* (m) {
      yield m.send(m.guest.allPages());
      m.pause();
      yield m.send(m.guest.allPages());
      yield m.sendState();
      m.resumeAtDestination();
    };
    const { strategy } = optimized(busy, withoutReading, ['skip-dirty']);
    const { finalPages, violations } = simulate(busy, strategy);
    expect(finalPages).to.equal(busy.guest.pages);
    expect(violations).to.deep.equal([]);
  });
});

describe('defer-hot', () => {
  /** Nine of ten writes go to a tenth of the working set: it is dirty in every round. */
  const hotCold = gigabit(
    { workload: 'hot-cold', writesPerSecond: 100_000, workingSetPages: 30_000 },
    { downtimeLimit: 0.02, maxRounds: 12 },
  );

  it('sends hot pages less often', () => {
    const [without, deferring] = [runWith([], hotCold), runWith(['defer-hot'], hotCold)];
    expect(deferring.pagesSent).to.be.below(0.7 * without.pagesSent);
    expect(deferring.totalSeconds).to.be.below(0.7 * without.totalSeconds);
    expect(deferring.violations).to.deep.equal([]);
  });

  it('leaves them to the final copy, which can make the downtime longer', () => {
    const calmer = { ...hotCold, guest: { ...hotCold.guest, writesPerSecond: 30_000 }, downtimeLimit: 0.05 };
    const [without, deferring] = [runWith([], calmer), runWith(['defer-hot'], calmer)];
    expect(deferring.rounds).to.have.length(without.rounds.length);
    expect(deferring.pagesSent).to.be.below(without.pagesSent);
    expect(deferring.finalPages).to.be.above(without.finalPages);
    expect(deferring.downtimeSeconds).to.be.above(without.downtimeSeconds);
  });

  it('does not change the first two rounds, for nobody knows yet what is hot', () => {
    const [without, deferring] = [runWith([], hotCold), runWith(['defer-hot'], hotCold)];
    expect(deferring.rounds.slice(0, 2)).to.deep.equal(without.rounds.slice(0, 2));
    expect(deferring.rounds[2]!.pages).to.be.below(without.rounds[2]!.pages);
  });

  it('is of no use where everything is hot: the whole working set is left to the end', () => {
    const allHot = gigabit({ writesPerSecond: 60_000, workingSetPages: 16_384 });
    const report = runWith(['defer-hot'], allHot);
    expect(report).to.include({ finalPages: 16_384, converged: false });
    expect(report.violations).to.deep.equal([]);
  });
});
