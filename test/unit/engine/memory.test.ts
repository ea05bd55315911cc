import { expect } from 'chai';
import { simulate, techniques } from '../../../src/engine';
import { Memory } from '../../../src/engine/guest/memory';
import { ideal } from './scenarios';

describe("a guest's memory", () => {
  it('has its zero pages at the top', () => {
    for (const [pages, zeros] of [[100, 0], [100, 1], [100, 36], [100, 37], [96, 32], [100, 100]] as const) {
      const memory = new Memory({ ...ideal().guest, pages, zeroFraction: zeros / pages });
      const zero = Array.from({ length: pages }, (_, page) => memory.isZero(page));
      expect(zero).to.deep.equal(Array.from({ length: pages }, (_, page) => page >= pages - zeros));
    }
  });

  it('sends a zero page as nine bytes, until somebody writes it', () => {
    const quiet = { ...ideal({ pages: 1000, workingSetPages: 100, zeroFraction: 0.5 }), ideal: false };
    const report = simulate(quiet, techniques['stop-and-copy']);
    expect(report.pagesByEncoding).to.deep.equal({ full: 500, zero: 500 });
    expect(report.transferredBytes).to.equal(500 * 4104 + 500 * 9);

    const busy = { ...quiet, guest: { ...quiet.guest, workload: 'sequential', workingSetPages: 1000, writesPerSecond: 600 } } as const;
    const later = simulate(busy, function* (m) {
      yield m.wait(1); // 600 pages are written: 100 of them were zero
      m.pause();
      yield m.send(m.guest.allPages());
      yield m.sendState();
      m.resumeAtDestination();
    });
    expect(later.pagesByEncoding).to.deep.equal({ full: 600, zero: 400 });
  });
});
