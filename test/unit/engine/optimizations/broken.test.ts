import { expect } from 'chai';
import fc from 'fast-check';
import {
  optimizations,
  optimized,
  simulate,
  techniques,
  type Fault,
  type OptimizationName,
  type Report,
  type Scenario,
  type TechniqueName,
} from '../../../../src/engine';
import { B, ideal } from '../scenarios';
import { anyScenario } from './any-scenario';

function run(scenario: Scenario, technique: TechniqueName, ...by: OptimizationName[]): Report {
  const { scenario: prepared, strategy } = optimized(scenario, techniques[technique], by);
  return simulate(prepared, strategy);
}

/** A quarter of a second of pages, a hundredth of latency, and four vCPUs that read all of them. */
const scenario = (fault: Fault, rest: Partial<Scenario> = {}): Scenario => ({
  ...ideal({ pages: 8192, workingSetPages: 8192, workload: 'random', readsPerSecond: 2000, writesPerSecond: 100, vcpus: 4 }),
  ideal: false,
  link: { bytesPerSecond: B * 4104, latency: 0.01 },
  faults: [fault],
  ...rest,
});
const linkBreaks = (at: number, seconds = 1): Fault => ({ kind: 'link', at, seconds });
const destinationDies = (at: number): Fault => ({ kind: 'destination', at });

describe('when something breaks', () => {
  it('before the hand-over, the migration has failed and the guest is unharmed at the source', () => {
    for (const fault of [linkBreaks(0.1), destinationDies(0.1)]) {
      for (const technique of ['pre-copy', 'hybrid', 'stop-and-copy'] as const) {
        for (const by of [[], ['recovery']] as OptimizationName[][]) {
          const report = run(scenario(fault), technique, ...by);
          expect(report.broken?.outcome).to.equal('failed');
          expect(report.broken?.message).to.match(/goes on at the source/);
          expect(report).to.include({ converged: false, networkFaults: 0 });
          expect(report.violations).to.deep.equal([]);
        }
      }
    }
  });

  it('after the hand-over, a broken link loses the guest, unless the migration is taken up again', () => {
    const lost = run(scenario(linkBreaks(0.1)), 'post-copy');
    expect(lost.broken?.outcome).to.equal('lost');
    expect(lost.broken?.message).to.match(/Nothing takes the migration up again/);
    expect(lost.converged).to.equal(false);

    const recovered = run(scenario(linkBreaks(0.1)), 'post-copy', 'recovery');
    expect(recovered.broken).to.equal(undefined);
    expect(recovered).to.include({ converged: true, residualPages: 0 });
    expect(recovered.violations).to.deep.equal([]);
  });

  it('the guest stands still until the link is back, and what was under way is sent again', () => {
    const usual = run({ ...scenario(linkBreaks(0.1)), faults: [] }, 'post-copy');
    const recovered = run(scenario(linkBreaks(0.1)), 'post-copy', 'recovery');
    // A hundredth of a second of pages, 328, was under way.
    const again = recovered.pagesSent - usual.pagesSent;
    expect(usual.pagesSent).to.equal(8192);
    expect(again).to.be.within(300, 340);
    // The second of the outage, a round trip to greet each other, a bit for each page, and the pages again.
    const greeting = 0.02 + 8192 / 8 / (B * 4104);
    const sentAgain = recovered.totalSeconds - usual.totalSeconds - 1 - greeting;
    expect(sentAgain).to.be.closeTo(again / B, 2 / B);
    // Its four vCPUs go on with what they have until they meet a missing page, and then wait for the link.
    expect(recovered.lostWork.faultsSeconds - usual.lostWork.faultsSeconds).to.be.within(0.9, 1.1);
    expect(recovered.throughput.lowest).to.equal(0);
    expect(recovered.timeline.pagesRemaining.at(-1)).to.equal(0);
  });

  it('nothing of the page arrives that was on its way just then, wherever the pushes end', () => {
    const { guest, ...rest } = scenario(linkBreaks(0.1 + 0.5 / B), { link: { bytesPerSecond: B * 4104, latency: 0 } });
    for (const batch of [1, 7, 64, 8192]) {
      const report = simulate({ ...rest, guest: { ...guest, workload: 'idle' } }, function* (m) {
        m.pause();
        yield m.sendState();
        m.resumeAtDestination();
        while (m.missing().size > 0) yield m.send(m.missing().first(batch));
      });
      expect(report.residualPages, `pushes of ${batch} pages`).to.equal(8192 - Math.floor(0.1 * B + 0.5));
    }
  });

  it('the loss of the destination cannot be made good after the hand-over', () => {
    for (const by of [[], ['recovery']] as OptimizationName[][]) {
      const report = run(scenario(destinationDies(0.1)), 'post-copy', ...by);
      expect(report.broken?.outcome).to.equal('lost');
      expect(report.broken?.message).to.match(/in two halves/);
    }
  });

  it('while the last pages are under way, they are lost, too', () => {
    // The last page leaves at 0.25 s and arrives at 0.26 s.
    const usual = run({ ...scenario(linkBreaks(0.255)), faults: [] }, 'post-copy');
    expect(usual.totalSeconds).to.be.closeTo(0.26, 1e-9);
    expect(run(scenario(linkBreaks(0.255)), 'post-copy').broken?.outcome).to.equal('lost');
    expect(run(scenario(destinationDies(0.255)), 'post-copy').broken?.outcome).to.equal('lost');
    const recovered = run(scenario(linkBreaks(0.255)), 'post-copy', 'recovery');
    expect(recovered).to.include({ residualPages: 0, converged: true });
    expect(recovered.pagesSent - 8192).to.be.within(160, 170);
    expect(recovered.totalSeconds).to.be.above(1.26);
  });

  it('after all has arrived, it is no longer the migration that breaks', () => {
    for (const fault of [linkBreaks(0.2601), destinationDies(0.2601)]) {
      expect(run(scenario(fault), 'post-copy')).to.include({ converged: true, pagesSent: 8192 });
    }
    for (const fault of [linkBreaks(2), destinationDies(2)]) expect(run(scenario(fault), 'pre-copy').converged).to.equal(true);
  });

  it('a vCPU that waited for a page that was pushed unasked asks for it once the link is back', () => {
    // One reader, in address order, four times as fast as the link: what it waits for is always on its way.
    const quick = { readsPerSecond: 4 * B, writesPerSecond: 0, workload: 'sequential', vcpus: 1 } as const;
    const { guest, ...rest } = scenario(linkBreaks(0.1));
    const report = run({ ...rest, guest: { ...guest, ...quick } }, 'post-copy', 'active-push', 'recovery');
    expect(report).to.include({ converged: true, residualPages: 0 });
    // The push goes on where it was, so the reader asks for what was lost, page by page, until its turn comes again.
    expect(report.networkFaults).to.be.within(1, 20);
    // And so it works again, before the last page is there.
    const last = report.timeline.throughput.slice(0, -1).filter((_, i) => (i + 1) * report.timeline.sampleSeconds > 1.13);
    expect(Math.max(...last)).to.be.above(0);
  });

  it('several times, it is taken up several times', () => {
    const faults = [linkBreaks(0.05, 0.1), linkBreaks(0.3, 0.1), linkBreaks(0.44, 0.1)];
    const report = run({ ...scenario(faults[0]!), faults }, 'post-copy', 'recovery');
    expect(report).to.include({ converged: true, residualPages: 0 });
    expect(report.totalSeconds).to.be.within(0.56, 0.75);
    expect(report.pagesSent - 8192).to.be.within(500, 1000);
  });

  it('with a way to recover, no link fault loses a page, whatever the guest, the link and the policy', () => {
    const faults = fc.array(fc.record({ after: fc.double({ min: 0, max: 1, noNaN: true }), seconds: fc.double({ min: 0, max: 2, noNaN: true }) }), {
      minLength: 1,
      maxLength: 3,
    });
    const policy = fc.constantFrom<OptimizationName[]>([], ['active-push'], ['bubbling'], ['bubbling-multi', 'lru-order'], ['free-page-hints']);
    fc.assert(
      fc.property(anyScenario, faults, policy, (guest, gaps, by) => {
        const { totalSeconds } = run(guest, 'post-copy', ...by);
        let at = 0;
        const breaks = gaps.map(({ after, seconds }) => linkBreaks((at += after * totalSeconds), seconds));
        const early = run({ ...guest, faults: breaks }, 'post-copy', ...by, 'recovery');
        expect(early.violations).to.deep.equal([]);
        // Before the hand-over, the guest is unharmed; after it, nothing is lost.
        if (early.broken) expect(early.broken.outcome).to.equal('failed');
        else expect(early).to.include({ residualPages: 0, converged: true });
        expect(early.pagesSent).to.be.at.least(0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('preempt', () => {
  it('lets requests pass what the socket holds back', () => {
    const queued: Scenario = {
      ...ideal({ pages: 8192, workingSetPages: 8192, workload: 'random', readsPerSecond: 2000 }),
      ideal: false,
      link: { bytesPerSecond: 125e6, latency: 0.0001, queueBytes: 1.2e6 },
    };
    // With 1.2 MB in the socket of a 1 Gbit/s link, a request waits for 10 ms more, as QEMU's figures say; but meanwhile the
    // push, which has not heard of it, may come to the page by itself.
    const mean = (report: Report) => report.faultStallSeconds / report.networkFaults;
    const without = run(queued, 'post-copy', 'active-push');
    const preempted = run(queued, 'post-copy', 'active-push', 'preempt');
    expect(mean(without)).to.be.within(0.008, 0.011);
    expect(mean(preempted)).to.be.below(0.0005);
    expect(preempted.throughput.during).to.be.above(without.throughput.during);
    expect(preempted.pagesSent).to.equal(8192);
  });

  it('changes nothing if there is no queue, nor before the hand-over', () => {
    const plain = ideal({ pages: 2048, workingSetPages: 2048, workload: 'random', readsPerSecond: 2000, writesPerSecond: 2000 });
    expect(run(plain, 'post-copy', 'preempt')).to.deep.equal(run(plain, 'post-copy'));
    const queued = { ...plain, link: { ...plain.link, queueBytes: 1e6 }, ideal: false };
    expect(run(queued, 'pre-copy', 'preempt')).to.deep.equal(run(queued, 'pre-copy'));
  });

  it('and recovery go by their names', () => {
    expect(optimizations.preempt).to.include({ name: 'preempt', helps: 'post-copy' });
    expect(optimizations.recovery).to.include({ name: 'recovery', helps: 'post-copy' });
  });
});
