import { expect } from 'chai';
import fc from 'fast-check';
import { simulate, techniques, type GuestSpec, type Migration, type Report, type Scenario } from '../../../src/engine';
import { faultLatencyOf } from '../../../src/engine/guest/fault-latency';
import { naiveDestination, type NaiveWait } from './naive-destination';
import { B, ideal } from './scenarios';

function* handOver(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
}

const same = (seconds: number) => ({ meanSeconds: seconds, medianSeconds: seconds, p99Seconds: seconds, longestSeconds: seconds });

describe('the latency of network faults', () => {
  const latency = 2 ** -10;
  const real = (guest: Partial<GuestSpec>, rest: Partial<Scenario> = {}): Scenario => ({
    ...ideal({ pages: 8192, workingSetPages: 1024, workload: 'sequential', readsPerSecond: 16_384, ...guest }),
    ideal: false,
    link: { bytesPerSecond: 4104 * B, latency },
    ...rest,
  });

  it('on an idle link is a round trip and a page: RTT + p / b', () => {
    const report = simulate(real({}), techniques['demand-paging']);
    expect(report.networkFaults).to.equal(1024);
    expect(report.faultLatency).to.deep.equal(same(2 * latency + 1 / B));
  });

  it('holds the handling at the destination', () => {
    const handled = real({}, { destination: { faultSeconds: 2 ** -12 } });
    expect(simulate(handled, techniques['demand-paging']).faultLatency).to.deep.equal(same(2 * latency + 1 / B + 2 ** -12));
  });

  it('holds the wait behind what the socket holds while pages are pushed: q / b', () => {
    // It asks for one page, which the push would come to later.
    const queued = real({ workingSetStart: 8000, workingSetPages: 1, readsPerSecond: 64 });
    const link = { ...queued.link, queueBytes: 256 * 4104 };
    const of = (scenario: Scenario) => simulate(scenario, techniques['post-copy']).faultLatency;
    const [without, behind] = [of(queued), of({ ...queued, link })];
    expect(behind!.meanSeconds - without!.meanSeconds).to.equal(256 / B);
  });

  it('holds the wait behind other requests', () => {
    // A second for a page. Two vCPUs ask at 0.5 s and 1 s; the first has its page at 1.5 s and asks again at 2.5 s.
    const two = ideal({ pages: 4, workingSetPages: 4, workload: 'sequential', readsPerSecond: 2, vcpus: 2 });
    const waiting = (seconds: number): Report =>
      simulate({ ...two, link: { bytesPerSecond: 4096, latency: 0 } }, function* (m) {
        yield* handOver(m);
        yield m.wait(seconds);
      });
    expect(waiting(2.25).faultLatency).to.deep.equal({ meanSeconds: 1.25, medianSeconds: 1, p99Seconds: 1.5, longestSeconds: 1.5 });
    expect(waiting(1.25).faultLatency, 'the second page has not left when the run ends').to.deep.equal(same(1));
    expect(waiting(0.25)).to.include({ networkFaults: 0 }).and.not.have.property('faultLatency');
  });

  it('is counted once for a page that several vCPUs wait for', () => {
    const guest = { pages: 4, workingSetPages: 1, workload: 'sequential', readsPerSecond: 4, vcpus: 2 } as const;
    const report = simulate({ ...ideal(guest), link: { bytesPerSecond: 4096, latency: 0 } }, function* (m) {
      yield* handOver(m);
      yield m.wait(4);
    });
    // The first asks at 0.25 s, the second waits with it from 0.5 s on.
    expect(report).to.include({ networkFaults: 1, faultStallSeconds: 1.75 });
    expect(report.faultLatency).to.deep.equal(same(1));
  });

  it('of a page that was on its way unasked, and lost, begins with the touch', () => {
    // Page 0 is on its way from 0 s to 2 s, and read at 1.5 s. The link breaks then, until 3.5 s. After the greeting the page
    // is asked for, and there after three seconds: the request's way, a page, and the page's way.
    const guest = { pages: 4, workingSetPages: 1, workload: 'sequential', readsPerSecond: 2 } as const;
    const link = { bytesPerSecond: 4104, latency: 1 };
    const scenario = { ...ideal(guest), ideal: false, link, faults: [{ kind: 'link', at: 1.75, seconds: 1.75 }], recovers: true } as const;
    const report = simulate(scenario, function* (m) {
      yield* handOver(m);
      yield m.send(m.missing().first(1));
      yield m.wait(10);
    });
    const greeting = 2 + 0.5 / 4104;
    expect(report.networkFaults).to.equal(1);
    expect(report.faultLatency!.longestSeconds).to.be.closeTo(3.5 + greeting + 3 - 1.5, 1e-12);
  });

  it('is given by nearest ranks', () => {
    const to = (count: number) => faultLatencyOf(Array.from({ length: count }, (_, i) => count - i));
    expect(faultLatencyOf([])).to.equal(undefined);
    expect(to(1)).to.deep.equal(same(1));
    expect(to(200)).to.deep.equal({ meanSeconds: 100.5, medianSeconds: 100, p99Seconds: 198, longestSeconds: 200 });
    expect(to(99)).to.deep.equal({ meanSeconds: 50, medianSeconds: 50, p99Seconds: 99, longestSeconds: 99 });
    expect(faultLatencyOf([10, 9, 2])).to.deep.equal({ meanSeconds: 7, medianSeconds: 9, p99Seconds: 10, longestSeconds: 10 });
  });

  it('is what a plain engine says, whatever the guest and the pushes', () => {
    const pages = fc.array(fc.nat(299), { maxLength: 100 });
    const guest = fc.record({
      workload: fc.constantFrom('linear', 'sequential', 'random', 'hot-cold'),
      writesPerSecond: fc.constantFrom(0, 512, 4096),
      readsPerSecond: fc.constantFrom(0, 512, 4096),
      workingSetPages: fc.integer({ min: 1, max: 300 }),
      vcpus: fc.constantFrom(1, 2, 4),
    });
    fc.assert(
      fc.property(guest, fc.constantFrom(0, 1 / 1024, 1 / 64), fc.array(pages, { maxLength: 4 }), fc.nat(1000), (rest, latency, some, seed) => {
        const scenario = real({ pages: 300, ...rest }, { link: { bytesPerSecond: 1024 * 4104, latency }, seed });
        const pushes = [...some, Array.from({ length: 300 }, (_, i) => i)];
        const report = simulate(scenario, function* (m) {
          yield* handOver(m);
          for (const pages of pushes) {
            const left = m.missing().intersect(m.guest.pages(pages));
            if (left.size > 0) yield m.send(left);
          }
        });
        const waits: NaiveWait[] = [];
        naiveDestination(scenario, pushes, waits);
        const latencies = waits.filter(({ asked }) => asked).map(({ from, to }) => to - from);
        expect(latencies.length).to.equal(report.networkFaults);
        expect(report.faultLatency).to.deep.equal(faultLatencyOf(latencies));
      }),
      { numRuns: 100 },
    );
  });
});
