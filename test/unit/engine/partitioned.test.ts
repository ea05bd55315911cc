import { expect } from 'chai';
import { Touches } from '../../../src/engine/guest/touches';
import { simulate, type GuestSpec, type Migration } from '../../../src/engine';
import { ideal } from './scenarios';

/** Each vCPU keeps to a slice of the working set. */
describe('a partitioned guest', () => {
  const guest = (spec: Partial<GuestSpec>): GuestSpec => ({
    ...ideal({ pages: 1000, workingSetPages: 10, vcpus: 3, writesPerSecond: 3, readsPerSecond: 3, partitioned: true }).guest,
    ...spec,
  });
  const first = (touches: Touches, count: number) => Array.from({ length: count }, () => touches.take());

  it('gives each vCPU its part of the working set, in turn', () => {
    // Ten pages for three vCPUs: 0–3, 4–6, 7–9.
    const all = new Touches(guest({ workload: 'sequential' }), 'reads', 1, 1);
    expect(first(all, 13)).to.deep.equal([0, 4, 7, 1, 5, 8, 2, 6, 9, 3, 4, 7, 0]);
    const second = new Touches(guest({ workload: 'sequential' }), 'reads', 1, 1, Infinity, { first: 1, every: 3 });
    expect(first(second, 5)).to.deep.equal([4, 5, 6, 4, 5]);
  });

  it('leaves the slices of vCPUs that do not write unwritten', () => {
    const writes = new Touches(guest({ workload: 'sequential', writers: 2 }), 'writes', 1, 1);
    expect(first(writes, 6)).to.deep.equal([0, 4, 1, 5, 2, 6]);
  });

  it('moves its slices with the working set', () => {
    const reads = new Touches(guest({ workload: 'sequential', workingSetStart: 100 }), 'reads', 1, 1);
    expect(first(reads, 3)).to.deep.equal([100, 104, 107]);
  });

  it('touches each page once in the workload that does so', () => {
    const once = new Touches(guest({ workload: 'once', workingSetPages: 11 }), 'writes', 1, 1);
    const pages: number[] = [];
    while (once.rate > 0) pages.push(once.take());
    expect(new Set(pages).size).to.equal(11);
    expect(pages.length).to.be.at.most(12);
  });

  it('shares pages if there are fewer than vCPUs', () => {
    const reads = new Touches(guest({ workload: 'linear', workingSetPages: 2 }), 'reads', 1, 1);
    expect(first(reads, 6)).to.deep.equal([0, 1, 1, 0, 1, 1]);
  });

  it('goes on at the destination where it was at the source', () => {
    // Read number k, from 1, is due at k / 3 s: after 100.5 s there have been 301, and the next is the second vCPU's.
    for (const workload of ['sequential', 'linear'] as const) {
      const spec = guest({ workload, workingSetPages: 1000 });
      const whole = new Touches(spec, 'reads', 1, 1);
      const made = first(whole, 330);
      for (let vcpu = 0; vcpu < 3; vcpu++) {
        const own = new Touches(spec, 'reads', 1, 16, Infinity, { first: vcpu, every: 3 });
        own.skipTo(100.5);
        expect(first(own, 9)).to.deep.equal(made.filter((_, k) => k >= 301 && k % 3 === vcpu).slice(0, 9));
      }
      const skipped = new Touches(spec, 'reads', 1, 1);
      skipped.skipTo(100.5);
      expect(first(skipped, 20)).to.deep.equal(made.slice(301, 321));
    }
  });

  it('skips far ahead, in batches, to the same touches', () => {
    const spec = guest({ workload: 'sequential', workingSetPages: 997, readsPerSecond: 5000, vcpus: 7 });
    const made = first(new Touches(spec, 'reads', 1, 1), 20_100);
    const skipped = new Touches(spec, 'reads', 1, 1);
    skipped.skipTo(3.9999);
    expect(first(skipped, 100)).to.deep.equal(made.slice(19_999, 20_099));
  });

  it('needs fewer faults if the push follows the slices than if it goes in address order', () => {
    const scenario = {
      ...ideal({ pages: 4096, workingSetPages: 4096, vcpus: 4, partitioned: true, workload: 'sequential', readsPerSecond: 4096 }),
      link: { bytesPerSecond: 4096 * 8192, latency: 0 },
    };
    const report = simulate(scenario, function* (m: Migration) {
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
      yield m.send(m.missing());
    });
    // Three of the four vCPUs start where the push has not been yet.
    expect(report.networkFaults).to.be.above(100);
    expect(report.violations).to.deep.equal([]);
  });
});
