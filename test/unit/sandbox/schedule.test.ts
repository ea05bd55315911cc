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
        const schedule = new Schedule<number>(order.length);
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
});
