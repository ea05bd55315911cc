import { expect } from 'chai';
import fc from 'fast-check';
import { Line } from '../../../src/qemu/line';

describe('one direction of a link', () => {
  it('takes as long as its bytes at its rate, and the latency once', () => {
    const line = new Line(1000, 0.5);
    line.send(0, 0);
    // Two milliseconds of burst are behind it.
    expect(line.send(1000, 10)).to.be.closeTo(11.5, 0.0021);
    expect(line.send(1000, 10)).to.be.closeTo(12.5, 0.0021);
    expect(line.bytes).to.equal(2000);
  });

  it('never carries more than its rate and one burst, however bytes come', () => {
    const sends = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 100_000 }), after: fc.double({ min: 0, max: 0.05, noNaN: true }) }), { minLength: 1 });
    fc.assert(
      fc.property(sends, (all) => {
        const line = new Line(1e6, 0.001);
        let now = 0;
        let last = -Infinity;
        for (const { bytes, after } of all) {
          now += after;
          const due = line.send(bytes, now);
          expect(due).to.be.at.least(last);
          last = due;
        }
        const first = all[0]!.after;
        expect(last - 0.001 - first + 0.002 + 1e-9).to.be.at.least(line.bytes / 1e6);
      }),
    );
  });

  it('is full before its backlog is long, and has room again', () => {
    const line = new Line(1e6, 0);
    line.send(4000, 0);
    expect(line.isFull(0)).to.equal(false);
    line.send(6000, 0);
    expect(line.isFull(0)).to.equal(true);
    expect(line.isFull(0.005)).to.equal(false);
  });

  it('does not lose what it could have carried while we were late', () => {
    const [late, idle] = [new Line(1e6, 0), new Line(1e6, 0)];
    for (const line of [late, idle]) line.send(1000, 0);
    late.late(0.05, 0.06);
    // What had to wait for us goes as if we had been there; what comes after a pause of its own does not.
    expect(late.send(20_000, 0.06)).to.be.below(0.06);
    expect(idle.send(20_000, 0.06)).to.be.above(0.07);
  });
});
