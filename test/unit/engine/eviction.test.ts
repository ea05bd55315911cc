import { expect } from 'chai';
import { simulate, techniques, type Report, type Scenario, type Strategy } from '../../../src/engine';
import { B, ideal } from './scenarios';

describe('the eviction time', () => {
  const latency = 0.125;
  const run = (strategy: Strategy, rest: Partial<Scenario> = {}): Report =>
    simulate(
      { ...ideal({ pages: 8192, workingSetPages: 8192, readsPerSecond: 64, workload: 'random' }), ideal: false, link: { bytesPerSecond: 4104 * B, latency }, ...rest },
      strategy,
    );

  it('ends when the last page has left the source; the total time, when it has arrived', () => {
    // 8,192 pages take 0.25 s.
    expect(run(techniques['stop-and-copy'])).to.include({ totalSeconds: 0.375, evictionSeconds: 0.25 });
    expect(run(techniques['pre-copy'])).to.include({ totalSeconds: 0.375, evictionSeconds: 0.25 });
    // The hand-over goes first: its order is on its way for an eighth of a second, but no page waits for that.
    expect(run(techniques['post-copy'])).to.include({ totalSeconds: 0.375, evictionSeconds: 0.25 });
  });

  it('does not wait for a strategy that has nothing left to send', () => {
    const report = run(function* (m) {
      yield* techniques['post-copy'](m);
      yield m.wait(5);
    });
    expect(report.evictionSeconds).to.equal(0.25);
  });

  it('never comes while the guest needs the source, or if it stays there, or is lost', () => {
    const none = (report: Report) => expect(report).not.to.have.property('evictionSeconds');
    const demand = run(techniques['demand-paging'], { ...ideal({ pages: 64, workingSetPages: 8, readsPerSecond: 8 }), link: { bytesPerSecond: 4104 * B, latency } });
    expect(demand.residualPages).to.be.above(0);
    none(demand);
    none(run(techniques['stop-and-copy'], { faults: [{ kind: 'link', at: 0.0625, seconds: 1 }] }));
    for (const at of [0.2, 0.3]) none(run(techniques['post-copy'], { faults: [{ kind: 'destination', at }] }));
    none(
      run(function* (m) {
        yield m.wait(1);
        m.abort('enough');
      }),
    );
    none(run(function* () {}));
  });

  it('comes after what a broken link has lost is sent again', () => {
    const usual = run(techniques['post-copy']);
    const again = run(techniques['post-copy'], { faults: [{ kind: 'link', at: 0.3125, seconds: 1 }], recovers: true });
    expect(again.evictionSeconds).to.be.above(1.3125);
    expect(again.totalSeconds - again.evictionSeconds!).to.equal(usual.totalSeconds - usual.evictionSeconds!);
  });
});
