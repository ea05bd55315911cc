import { expect } from 'chai';
import { simulate, type GuestSpec, type PageSet, type Report, type Scenario, type Strategy } from '../../../../src/engine';
import { optimized } from '../../../../src/engine/optimizations';
import { DirtyLimiter } from '../../../../src/engine/optimizations/dirty-limiter';
import { ThrottleTrigger } from '../../../../src/engine/optimizations/throttle-trigger';
import { MECHANISMS, type TrackingSpec } from '../../../../src/engine/tracking/tracking';
import { B, ideal } from '../scenarios';
import { gigabit, runWith } from './run-with';

const percents = ({ notes }: Report) => notes.map(({ text }) => Number(/(\d+) %/.exec(text)![1]));

describe('QEMU’s trigger', () => {
  const MIB = 2 ** 20;
  const PAGES = MIB / 4096;

  it('fires at the second period in which more than half as much was dirtied as was sent', () => {
    const trigger = new ThrottleTrigger();
    expect(trigger.synced(2, 100 * MIB, 51 * PAGES)).to.equal(false);
    expect(trigger.synced(4, 200 * MIB, 51 * PAGES)).to.equal(true);
    expect(trigger.synced(6, 300 * MIB, 51 * PAGES)).to.equal(false);
    expect(trigger.synced(8, 400 * MIB, 51 * PAGES)).to.equal(true);
  });

  it('fires for more than the fraction that it is given', () => {
    for (const [threshold, fires] of [[0.8, true], [0.82, false]] as const) {
      const trigger = new ThrottleTrigger(threshold);
      expect(trigger.synced(2, 100 * MIB, 81 * PAGES)).to.equal(false);
      expect(trigger.synced(4, 200 * MIB, 81 * PAGES)).to.equal(fires);
      expect(trigger.allowedOverDirtied).to.be.closeTo(threshold / 0.81, 1e-12);
    }
  });

  it('does not fire for exactly a half', () => {
    const trigger = new ThrottleTrigger();
    for (let i = 1; i < 10; i++) expect(trigger.synced(2 * i, i * 100 * MIB, 50 * PAGES)).to.equal(false);
  });

  it('looks only when more than a second has passed since it looked last, and then at all of that time', () => {
    const trigger = new ThrottleTrigger();
    expect(trigger.synced(1, 100 * MIB, 30 * PAGES)).to.equal(false);
    expect(trigger.synced(1.001, 100 * MIB, 21 * PAGES)).to.equal(false);
    // At 2.001 s it does not look again, so this is the second time:
    expect(trigger.synced(2.001, 150 * MIB, 30 * PAGES)).to.equal(false);
    expect(trigger.synced(2.1, 200 * MIB, 21 * PAGES)).to.equal(true);
  });

  it('does not forget a bad period over a good one', () => {
    const trigger = new ThrottleTrigger();
    expect(trigger.synced(2, 100 * MIB, 90 * PAGES)).to.equal(false);
    expect(trigger.synced(4, 200 * MIB, 10 * PAGES)).to.equal(false);
    expect(trigger.synced(6, 300 * MIB, 10 * PAGES)).to.equal(false);
    expect(trigger.synced(8, 400 * MIB, 90 * PAGES)).to.equal(true);
  });
});

describe('auto-converge', () => {
  /** A first round of 4.5 s, so that each round lasts long enough for an evaluation, and none until the timer. */
  const pages = 4.5 * B;
  const dirtying = (times: number) =>
    ideal({ pages, workingSetPages: pages, writesPerSecond: times * B }, { downtimeLimit: 0.01, maxRounds: 1000 });

  const upTo = (most: number) => [20, 30, 40, 50, 60, 70, 80, 90, 99].filter((percent) => percent <= most);
  for (const [times, most] of [[1, 50], [2, 80], [4, 90], [10, 99]] as const) {
    it(`stops at ${most} % for a guest that dirties ${times} × as fast as is sent: the first step with D (1 − p) ≤ B / 2`, () => {
      const report = runWith(['auto-converge'], dirtying(times));
      expect(percents(report)).to.deep.equal(upTo(most));
      expect(report.converged).to.equal(true);
      expect(runWith([], { ...dirtying(times), maxRounds: 30 }).converged).to.equal(false);
      // The first two rounds go by undisturbed.
      expect(report.notes[0]!.seconds).to.be.closeTo(9, 1e-6);
    });
  }

  const tuned = (parameters: Record<string, number | boolean>) => runWith([{ name: 'auto-converge', parameters }], dirtying(4));

  it('begins with what it is told, goes on by what it is told, and no further than it is told', () => {
    expect(percents(tuned({ initial: 0.5, increment: 0.2 }))).to.deep.equal([50, 70, 90]);
    expect(percents(tuned({ initial: 0.29, increment: 0.57 }))).to.deep.equal([29, 86, 99]);
    // At 60 % this guest still dirties faster than is sent: it is told so again and again.
    const held = runWith([{ name: 'auto-converge', parameters: { max: 0.6 } }], { ...dirtying(4), maxRounds: 20 });
    expect([...new Set(percents(held))]).to.deep.equal([20, 30, 40, 50, 60]);
    expect(held.converged).to.equal(false);
  });

  it('looks at the threshold that it is told', () => {
    // 4 (1 − p) must be at most the threshold.
    expect(percents(tuned({ threshold: 0.9 })).at(-1)).to.equal(80);
    expect(percents(tuned({ threshold: 0.25 })).at(-1)).to.equal(99);
  });

  it('with `tailslow` takes no more than would be enough if the guest dirtied in proportion to its CPU time', () => {
    // All of memory is dirty after a round, and not more, until 1 − p is below 1/4: twice as much as the threshold allows.
    // So 40 % of CPU time become 20 %; and of these ⌊20 × 0.5 / 0.8⌋ are left.
    expect(percents(tuned({ increment: 0.4, tailslow: true }))).to.deep.equal([20, 60, 80, 88]);
    expect(percents(tuned({ increment: 0.4 }))).to.deep.equal([20, 60, 99]);
  });

  it('is not free: the guest loses what it is throttled by, readers included', () => {
    const busy = { ...dirtying(2), guest: { ...dirtying(2).guest, vcpus: 4, writers: 1 } };
    const { lostWork, throughput, totalSeconds } = runWith(['auto-converge'], busy);
    expect(lostWork.throttledSeconds).to.be.above(10);
    expect(throughput.during).to.be.closeTo(1 - (lostWork.throttledSeconds + lostWork.pausedSeconds) / totalSeconds, 1e-6);
    expect(throughput.during).to.be.below(0.7);
  });

  it('does nothing to a guest that dirties less than half as fast as is sent', () => {
    const calm = dirtying(0.45);
    const [without, with_] = [runWith([], calm), runWith(['auto-converge'], calm)];
    expect(with_.notes).to.deep.equal([]);
    expect(with_.lostWork.throttledSeconds).to.equal(0);
    expect(with_.totalSeconds).to.equal(without.totalSeconds);
  });

  it('throttles at a second bad round although a good one lies between', () => {
    // Two seconds of writing at the link's rate, two of rest, and so on; each round lasts two seconds.
    const phase = { workload: 'linear', readsPerSecond: 0, workingSetPages: 2 * B, seconds: 2 } as const;
    const phases = [{ ...phase, writesPerSecond: B }, { ...phase, writesPerSecond: 0 }];
    const scenario = ideal({ pages: 2 * B, workingSetPages: 2 * B, phases });
    const fourRounds: Strategy = function* (m) {
      for (let round = 1; round <= 4; round++) {
        yield m.send(m.guest.allPages());
        m.syncDirty();
      }
      m.abort('seen enough');
    };
    const { strategy } = optimized(scenario, fourRounds, ['auto-converge']);
    expect(simulate(scenario, strategy).notes).to.deep.equal([{ seconds: 6, text: 'auto-converge: 20 %' }]);
  });

  describe('in rounds that outlast its timer', () => {
    /** A first round of 12 s, and later ones nearly as long; a page is written every 12 s, in address order. */
    const slow = ideal(
      { pages: 12_000, workingSetPages: 12_000, workload: 'sequential', writesPerSecond: 950 },
      { link: { bytesPerSecond: 1000 * 4096, latency: 0 }, downtimeLimit: 0.5, maxRounds: 3 },
    );

    const twoRounds = (tell: (dirty: PageSet) => void): Strategy =>
      function* (m) {
        yield m.send(m.guest.allPages());
        m.syncDirty();
        yield m.send(m.guest.allPages());
        tell(m.syncDirty());
        m.abort('seen enough');
      };

    it('reads the bitmap when five seconds went by without a reading, but not in the first round', () => {
      const { rounds } = runWith(['auto-converge'], slow);
      const ends = rounds.map(() => 0);
      rounds.reduce((sum, { seconds }, i) => (ends[i] = sum + seconds), 0);
      // 12 s: the first round. At 15 s there was one since 10 s. At 20 s there was none since 15 s.
      expect(ends[0]).to.be.closeTo(12, 1e-9);
      expect(ends[1]).to.be.closeTo(20, 0.01);
      expect(runWith([], slow).rounds[1]!.seconds).to.be.above(10);
    });

    it('sends what it found then, once: in this round if its turn is still to come, or else in the next', () => {
      const report = runWith(['auto-converge'], slow);
      expect(report.violations).to.deep.equal([]);
      expect(report.residualPages).to.equal(0);

      let last: PageSet | undefined;
      const { strategy } = optimized(slow, twoRounds((dirty) => (last = dirty)), ['auto-converge']);
      simulate(slow, strategy);
      // Pages 11,400 to 11,999 were written from 12.0 to 12.6 s and read at 20 s, and sent from 23.4 s on.
      expect(last!.between(11_410, 12_000).size).to.equal(0);
      // Page 3000 was written at 15.8 s, when it had been sent in this round; nobody has sent it since.
      expect(last!.has(3000)).to.equal(true);
    });

    it('does not count against the guest what is waiting to be sent anyway', () => {
      // The guest writes only the last third of memory, which the second round has not come to at its readings.
      const ahead = { ...slow, guest: { ...slow.guest, workingSetStart: 8100, workingSetPages: 3900, writesPerSecond: 2000 } };
      const lookingEarly: Strategy = function* (m) {
        yield m.send(m.guest.allPages());
        m.syncDirty();
        yield m.send(m.guest.allPages(), { seconds: 2.9 });
        const rest = m.unsent();
        m.syncDirty();
        yield m.send(rest, { seconds: 5.15 }); // beyond 20 s, when the timer reads the bitmap once more
        m.abort('seen enough');
      };
      const { strategy } = optimized(ahead, lookingEarly, ['auto-converge']);
      const { notes, tracking } = simulate(ahead, strategy);
      expect(tracking.syncs).to.equal(3);
      expect(notes).to.deep.equal([]);
    });

    it('tells a strategy that only peeks what it found, too', () => {
      let peeked = 0;
      const peeking: Strategy = function* (m) {
        yield m.send(m.guest.allPages());
        m.syncDirty();
        yield m.send(m.guest.allPages(), { seconds: 8.5 });
        const { size } = m.peekDirty();
        peeked = size;
        expect(m.syncDirty().size).to.equal(size);
        m.abort('seen enough');
      };
      const { strategy } = optimized(slow, peeking, ['auto-converge']);
      expect(simulate(slow, strategy).violations).to.deep.equal([]);
      expect(peeked).to.be.above(3000);
    });
  });

  it('is of no use, and does no harm, where the source’s guest does not run meanwhile', () => {
    for (const technique of ['stop-and-copy', 'post-copy'] as const) {
      const [without, with_] = [runWith([], dirtying(2), technique), runWith(['auto-converge'], dirtying(2), technique)];
      expect(with_.lostWork).to.deep.equal(without.lostWork);
      expect(with_.pagesSent).to.equal(without.pagesSent);
    }
  });
});

describe('dirty-limit', () => {
  const oneWriter: Partial<GuestSpec> = { pages: 65_536, workingSetPages: 32_768, writesPerSecond: 50_000, readsPerSecond: 1000, vcpus: 4, writers: 1 };
  const busy: Scenario = gigabit(oneWriter, { maxRounds: 60 });

  it('makes a guest converge at the expense of who writes alone', () => {
    const [without, limited, throttled] = [runWith([], busy), runWith(['dirty-limit'], busy), runWith(['auto-converge'], busy)];
    expect(without.converged).to.equal(false);
    expect(limited.converged).to.equal(true);
    expect(throttled.converged).to.equal(true);
    expect(limited.lostWork.throttledSeconds).to.be.above(0).and.below(throttled.lostWork.throttledSeconds / 4);
    expect(limited.throughput.during).to.be.above(throttled.throughput.during + 0.1);
    expect(percents(limited)[0]).to.equal(99);
  });

  it('is paid by everybody where everybody writes', () => {
    const { lostWork, throughput } = runWith(['dirty-limit'], gigabit({ ...oneWriter, writers: 4, writesPerSecond: 120_000 }, { maxRounds: 60 }));
    expect(lostWork.throttledSeconds).to.be.above(1);
    expect(throughput.during).to.be.below(0.8);
  });

  it('leaves a vCPU alone that is within 25 MB/s of its quota, even if that never converges', () => {
    const close = gigabit(
      { pages: 65_536, workingSetPages: 32_768, writesPerSecond: 6000 },
      { link: { bytesPerSecond: 32e6, latency: 0 }, downtimeLimit: 0.001 },
    );
    const report = runWith(['dirty-limit'], close);
    expect(new Set(percents(report))).to.deep.equal(new Set([0]));
    expect(report.lostWork.throttledSeconds).to.equal(0);
    expect(report.converged).to.equal(false);
  });

  it('tracks with the dirty ring, whatever a hypervisor takes by default, and keeps the costs of a ring', () => {
    const trackingIn = (tracking: TrackingSpec | undefined) =>
      optimized({ ...busy, tracking }, function* () {}, ['dirty-limit']).scenario.tracking;
    expect(runWith(['dirty-limit'], busy).tracking.mechanism).to.equal('dirty-ring');
    expect(trackingIn(MECHANISMS['kvm-bitmap'])).to.equal(MECHANISMS['dirty-ring']);
    const shortRing = { ...MECHANISMS['dirty-ring'], exitPages: 512 };
    expect(trackingIn(shortRing)).to.equal(shortRing);
  });

  it('lets a vCPU dirty as much as it is told', () => {
    const limited = (mebibytes: number) => runWith([{ name: 'dirty-limit', parameters: { limit: mebibytes * 2 ** 20 } }], busy);
    const dirtied = (report: Report) => report.rounds.at(-1)!.dirtied / report.rounds.at(-1)!.seconds;
    expect(percents(limited(100))[0]).to.be.below(percents(limited(40))[0]!);
    expect(dirtied(limited(100))).to.be.above(dirtied(limited(1)));
  });

  it('looks at the threshold that it is told', () => {
    const dirtying = gigabit({ pages: 65_536, workingSetPages: 65_536, writesPerSecond: 20_000 }, { downtimeLimit: 0.01 });
    const notes = (threshold: number) => runWith([{ name: 'dirty-limit', parameters: { threshold } }], dirtying).notes.length;
    // Two thirds of what is sent.
    expect(notes(0.5)).to.be.above(0);
    expect(notes(0.9)).to.equal(0);
  });

  it('loses no page that it read from the rings between two rounds', () => {
    // In each round every page is written once, early or late: what is forgotten is not written again.
    const slow = gigabit(
      { pages: 16_000, workingSetPages: 16_000, workload: 'sequential', writesPerSecond: 3000 },
      { link: { bytesPerSecond: 12.5e6, latency: 0 }, maxRounds: 8 },
    );
    const report = runWith(['dirty-limit'], slow);
    expect(report.notes.length).to.be.above(2);
    expect(report.violations).to.deep.equal([]);
  });
});

describe('how long a vCPU sleeps when its ring is full', () => {
  const RING = 4096; // 16 MiB
  const MIB = 256;

  it('goes to where the quota lies in one step, if it is far away', () => {
    // 128 MiB/s: the ring fills in 1/8 s. 99 % too much: it sleeps 99 times as long as that.
    expect(new DirtyLimiter(RING, 1).adjust(128 * MIB, 1)).to.be.closeTo(0.99, 1e-9);
    // 100 MiB/s and a quota of 40: 60 % too much, so 60/40 of 0.16 s.
    expect(new DirtyLimiter(RING, 40).adjust(100 * MIB, 1)).to.be.closeTo(0.6, 1e-9);
  });

  it('goes by a tenth of the time to fill the ring, if it is near', () => {
    const limiter = new DirtyLimiter(RING, 60);
    expect(limiter.adjust(100 * MIB, 1)).to.be.closeTo(0.1 / 1.1, 1e-9);
    expect(limiter.adjust((100 * MIB) / 1.1, 1)).to.be.closeTo(0.2 / 1.2, 1e-3);
  });

  it('stays as it is within 25 MB/s of the quota', () => {
    const limiter = new DirtyLimiter(RING, 40);
    expect(limiter.adjust(65 * MIB, 1)).to.equal(0);
    expect(limiter.adjust(66 * MIB, 1)).to.be.above(0);
  });

  it('gets shorter again when a vCPU stays far below its quota', () => {
    const limiter = new DirtyLimiter(RING, 40);
    limiter.adjust(100 * MIB, 1);
    expect(limiter.adjust(10 * MIB, 1)).to.equal(0);
  });

  it('is measured by the period that really went by', () => {
    expect(new DirtyLimiter(RING, 40).adjust(200 * MIB, 2)).to.be.closeTo(0.6, 1e-9);
  });
});

describe('sdps', () => {
  const writing = (times: number) => gigabit({ writesPerSecond: times * 30_000, workingSetPages: 16_384 });

  it('slows a guest down just enough for rounds to shrink', () => {
    const [without, slowed] = [runWith([], writing(1.5)), runWith(['sdps'], writing(1.5))];
    expect(without.converged).to.equal(false);
    expect(slowed.converged).to.equal(true);
    expect(slowed.lostWork.throttledSeconds).to.be.above(0);
    expect(slowed.throughput.during).to.be.within(0.4, 0.9);
    const stunned = runWith(['stunning'], writing(1.5));
    expect(slowed.throughput.during).to.be.above(2 * stunned.throughput.during);
  });

  it('lets a guest alone that dirties pages less fast than they are sent', () => {
    expect(runWith(['sdps'], writing(0.7)).lostWork.throttledSeconds).to.equal(0);
  });
});

describe('stunning', () => {
  const busy = gigabit({ workload: 'random', writesPerSecond: 40_000, workingSetPages: 8192, vcpus: 4, writers: 2, readsPerSecond: 1000 });

  it('makes rounds shrink at once, and the writers do next to nothing meanwhile', () => {
    const [without, stunned] = [runWith([], busy), runWith(['stunning'], busy)];
    expect(without).to.include({ converged: false });
    expect(stunned).to.include({ converged: true });
    expect(stunned.pagesSent).to.be.below(1.1 * 32_768);
    // Two of four vCPUs write; the readers go on.
    expect(stunned.throughput.during).to.be.within(0.45, 0.6);
    expect(stunned.lostWork.throttledSeconds).to.be.above(0.4 * stunned.totalSeconds);
  });

  it('wakes the writers at the end of each round', () => {
    let faultsInSecond = 0;
    const watching: Strategy = function* (m) {
      yield m.send(m.guest.allPages());
      m.syncDirty();
      yield m.wait(0.1); // nobody counts faults while nothing is sent
      faultsInSecond = m.peekDirty().size;
      m.abort('seen enough');
    };
    const { strategy } = optimized(busy, watching, ['stunning']);
    simulate(busy, strategy);
    expect(faultsInSecond).to.be.above(2000);
  });

  it('lets a guest alone that makes fewer than 40 write faults in a round', () => {
    const quiet = gigabit({ writesPerSecond: 30 });
    const report = runWith(['stunning'], quiet);
    expect(report.rounds[0]!.dirtied).to.be.within(20, 39);
    expect(report.lostWork.throttledSeconds).to.equal(0);
  });
});
