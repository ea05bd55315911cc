import { expect } from 'chai';
import fc from 'fast-check';
import { Schedule } from '../../../src/sandbox/schedule';

describe('the schedule of a sweep', () => {
  it('lets results out in order, whatever the order in which they come', () => {
    const orders = fc.integer({ min: 1, max: 30 }).chain((total) => {
      const runs = Array.from({ length: total }, (_, i) => i);
      return fc.shuffledSubarray(runs, { minLength: total, maxLength: total });
    });
    fc.assert(
      fc.property(orders, (order) => {
        const schedule = new Schedule<number, never>(order.length);
        const taken = order.map(() => schedule.take());
        expect(taken).to.deep.equal(order.map((_, i) => i));
        expect([schedule.take(), schedule.left]).to.deep.equal([undefined, 0]);
        const out: number[] = [];
        for (const [i, run] of order.entries()) {
          expect([schedule.finished, schedule.isOver]).to.deep.equal([i, false]);
          out.push(...schedule.finish(run, run));
          // Everything up to the first that is missing, and nothing else, has come out.
          const missing = order.slice(i + 1);
          expect(out).to.deep.equal(taken.slice(0, missing.length > 0 ? Math.min(...missing) : order.length));
        }
        expect(schedule.isOver).to.equal(true);
      }),
    );
  });

  it('ends before the first failure of the document, not the first in time', () => {
    const schedule = new Schedule<string, string>(9);
    for (let i = 0; i < 6; i++) schedule.take();
    schedule.fail(4, 'four');
    expect([schedule.take(), schedule.left, schedule.wants(3), schedule.wants(4)]).to.deep.equal([undefined, 0, true, false]);
    expect(schedule.finish(1, 'one')).to.deep.equal([]);
    schedule.fail(2, 'two');
    schedule.fail(3, 'three');
    expect([schedule.failure, schedule.isOver]).to.deep.equal(['two', false]);
    expect(schedule.finish(0, 'zero')).to.deep.equal(['zero', 'one']);
    expect(schedule.isOver).to.equal(true);
  });
});
