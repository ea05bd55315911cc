import { expect } from 'chai';
import { simulate, techniques, type GuestSpec, type Migration, type Report, type Strategy } from '../../../src/engine';
import { patternOf } from '../../../src/engine/guest/pattern';
import { Random } from '../../../src/engine/guest/random';
import { ideal } from './scenarios';

describe('what a guest touches', () => {
  const touches = (workload: 'linear' | 'sequential' | 'random' | 'hot-cold', workingSet: number, count: number) => {
    const pages = new Int32Array(count);
    patternOf(workload, workingSet, new Random(7, 1))!.fill(pages, 0, count);
    return [...pages];
  };

  it('linear: every page once, far apart, before any page twice', () => {
    for (const workingSet of [1, 2, 3, 10, 64, 1000, 4096]) {
      const pages = touches('linear', workingSet, 2 * workingSet);
      expect(new Set(pages.slice(0, workingSet)).size).to.equal(workingSet);
      expect(pages.slice(workingSet)).to.deep.equal(pages.slice(0, workingSet));
    }
    const [first, second] = touches('linear', 1000, 2);
    expect(Math.abs(second! - first!)).to.be.within(300, 700);
  });

  it('sequential: in address order', () => {
    expect(touches('sequential', 3, 7)).to.deep.equal([0, 1, 2, 0, 1, 2, 0]);
  });

  it('hot-cold: 90 % of the touches on 10 % of the pages, and each page of either part about equally often', () => {
    const pages = touches('hot-cold', 1000, 100_000);
    const hot = pages.filter((page) => page < 100);
    expect(hot.length / pages.length).to.be.closeTo(0.9, 0.005);
    expect(new Set(pages).size).to.be.above(990);
    expect(Math.max(...pages)).to.be.below(1000);
  });

  it('skipping touches leads where making them would have led', () => {
    for (const workload of ['linear', 'sequential'] as const) {
      const whole = touches(workload, 37, 200);
      const pattern = patternOf(workload, 37, new Random(7, 1))!;
      pattern.skip(123);
      const rest = new Int32Array(77);
      pattern.fill(rest, 0, rest.length);
      expect([...rest]).to.deep.equal(whole.slice(123));
    }
  });
});

/** Four pages, a link that takes a second for a page, and a reader: small enough to follow by hand. */
describe('a guest that runs at the destination', () => {
  const small = (guest: Partial<GuestSpec>, strategy: Strategy): Report =>
    simulate({ ...ideal({ pages: 4, workingSetPages: 4, ...guest }), link: { bytesPerSecond: 4096, latency: 0 } }, strategy);
  const handOver = function* (m: Migration) {
    m.pause();
    yield m.sendState();
    m.resumeAtDestination();
  };
  const pushAll = function* (m: Migration) {
    yield* handOver(m);
    yield m.send(m.missing());
  };

  it('waits for a page that is on its way without asking for it', () => {
    // Reads page 0 at 0.5 s: it arrives at 1 s. Then page 1 at 1.5 s, on its way until 2 s. And so on.
    const report = small({ workload: 'sequential', readsPerSecond: 2 }, pushAll);
    expect(report).to.include({ networkFaults: 0, faultStallSeconds: 2, totalSeconds: 4 });
  });

  it('is served at the next page boundary, ahead of what is being pushed', () => {
    // Its pages are 0, 3, 2, 1. It asks for 3 at 1.5 s, while 1 is being sent; 3 goes from 2 s to 3 s, and 2 after that.
    const order: number[][] = [];
    const report = small({ workload: 'linear', readsPerSecond: 2 }, function* (m) {
      yield* pushAll(m);
      order.push([...m.faults()]);
    });
    expect(order).to.deep.equal([[3]]);
    expect(report).to.include({ networkFaults: 1, faultStallSeconds: 2.5, totalSeconds: 4, pagesSent: 4 });
  });

  it('is served even if its request comes at the very instant at which the next page would start', () => {
    // It reads page 0 at 1 s, the instant at which it arrives, and page 3 at 2 s, when the link has just become free.
    expect(small({ workload: 'linear', readsPerSecond: 1 }, pushAll)).to.include({ networkFaults: 1, faultStallSeconds: 1 });
  });

  it('gets a page once, even if it is pushed while the request for it is under way', () => {
    // The guest runs from 1 s on. It asks for page 3 at 2.5 s; the request arrives at 3.5 s, when page 3 is being pushed.
    const slow = { ...ideal({ pages: 5, workingSetPages: 4, workload: 'linear', readsPerSecond: 2 }), ideal: false };
    const report = simulate({ ...slow, link: { bytesPerSecond: 4104, latency: 1 } }, pushAll);
    expect(report).to.include({ networkFaults: 1, pagesSent: 5, totalSeconds: 6 });
  });

  it('is heard at the source when its request arrives there, not when it asks', () => {
    // The guest runs from 1 s on and asks for page 0 at 1.5 s: the request arrives at 2.5 s, the page at 4.5 s.
    const heard: number[][] = [];
    const slow = { ...ideal({ pages: 4, workingSetPages: 4, workload: 'linear', readsPerSecond: 2 }), ideal: false };
    simulate({ ...slow, link: { bytesPerSecond: 4104, latency: 1 } }, function* (m) {
      yield* handOver(m);
      for (const seconds of [2.25, 0.5]) {
        yield m.wait(seconds);
        heard.push([...m.faults()]);
      }
      yield m.send(m.missing());
    });
    expect(heard).to.deep.equal([[], [0]]);
  });

  it('goes on reading where it left off at the source', () => {
    let faults: readonly number[] = [];
    small({ workload: 'sequential', readsPerSecond: 2 }, function* (m) {
      yield m.wait(1); // it reads pages 0 and 1
      yield* handOver(m);
      yield m.wait(20);
      faults = [...m.faults()];
    });
    expect(faults).to.deep.equal([2, 3, 0, 1]);
  });

  it('may take its time over its working set: a technique is not endless because the guest is slow', () => {
    const lazy = { pages: 120, workload: 'sequential', workingSetPages: 118, readsPerSecond: 2 } as const;
    const report = simulate(ideal(lazy), techniques['demand-paging']);
    expect(report.violations).to.deep.equal([]);
    expect(report).to.include({ networkFaults: 118, residualPages: 2 });
    expect(report.totalSeconds).to.be.above(59);
  });

  it('stalls one vCPU and not the others', () => {
    // Two vCPUs read in turn. Pages 0 and 1 are asked for at 0.5 s and 1 s; the link serves one after the other.
    const report = small({ workload: 'sequential', readsPerSecond: 2, vcpus: 2 }, function* (m) {
      yield* handOver(m);
      yield m.wait(2.25);
    });
    expect(report).to.include({ networkFaults: 2, totalSeconds: 2.25 });
    // The first waits from 0.5 s to 1.5 s, the second from 1 s on.
    expect(report.faultStallSeconds).to.equal(1 + 1.25);
    expect(report.throughput.during).to.be.closeTo(0.5, 1e-12);
  });
});

describe('a throttled guest', () => {
  it('works, and dirties memory, as much slower as it was told', () => {
    let dirty = 0;
    const report = simulate(ideal({ pages: 1000, workingSetPages: 1000, writesPerSecond: 100 }), function* (m) {
      m.throttle(0.75);
      yield m.wait(8);
      dirty = m.syncDirty().size;
      m.abort('measured');
    });
    expect(dirty).to.equal(200);
    expect(report.throughput.lowest).to.be.closeTo(0.25, 1e-12);
    expect(report.throughput.during).to.be.closeTo(0.25, 1e-12);
  });
});
