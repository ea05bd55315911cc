import { expect } from 'chai';
import { Pages } from '../../../../src/engine';
import { Bubbles, type PushPolicy } from '../../../../src/engine/optimizations/bubbles';

/** The push order of the post-copy paper, page by page. */
describe('bubbles', () => {
  const all = Pages.all(12);
  const take = (bubbles: Bubbles, count: number) => Array.from({ length: count }, () => bubbles.take());
  const bubblesOf = (pivots: number, direction: PushPolicy['direction'], missing = all) =>
    new Bubbles({ pivots, direction }, undefined, 12, missing);

  it('without a pivot: in address order, whatever is asked for', () => {
    const bubbles = bubblesOf(0, 'forward');
    expect(take(bubbles, 2)).to.deep.equal([0, 1]);
    bubbles.fault(7);
    expect(take(bubbles, 10)).to.deep.equal([2, 3, 4, 5, 6, 8, 9, 10, 11, -1]);
  });

  it('with one pivot: outwards on both sides, and past what has been sent', () => {
    const bubbles = bubblesOf(1, 'both');
    expect(take(bubbles, 3)).to.deep.equal([0, 1, 2]);
    bubbles.fault(7);
    expect(take(bubbles, 5)).to.deep.equal([8, 6, 9, 5, 10]);
    bubbles.fault(4);
    expect(take(bubbles, 3)).to.deep.equal([3, 11, -1]);
  });

  it('in one direction: to the end of memory, and round to the rest', () => {
    const forward = bubblesOf(1, 'forward');
    forward.fault(9);
    expect(take(forward, 4)).to.deep.equal([10, 11, 0, 1]);
    const backward = bubblesOf(1, 'backward');
    expect(take(backward, 2)).to.deep.equal([11, 10]);
    backward.fault(2);
    expect(take(backward, 4)).to.deep.equal([1, 0, 9, 8]);
  });

  it('with several pivots: each bubble in turn, and an edge stops where something was sent', () => {
    const bubbles = bubblesOf(2, 'both');
    bubbles.fault(3);
    bubbles.fault(9);
    // 4 and 2 around 3, 10 and 8 around 9, and so on; the bubble from page 0 is given up.
    expect(take(bubbles, 8)).to.deep.equal([4, 2, 10, 8, 5, 1, 11, 7]);
    expect(take(bubbles, 3)).to.deep.equal([6, 0, -1]);
  });

  it('with several pivots: starts anew near the newest one if all bubbles have stopped', () => {
    const bubbles = bubblesOf(2, 'both', Pages.of(12, [0, 1, 5, 6, 11]));
    bubbles.fault(6);
    bubbles.fault(11);
    expect(take(bubbles, 4)).to.deep.equal([5, 1, 0, -1]);
  });

  it('in one direction with several pivots: the first one is sticky', () => {
    const bubbles = bubblesOf(3, 'forward');
    bubbles.fault(4);
    bubbles.fault(6);
    // From 4, from 6, from 0; the edge from 4 stops at 6, and the sticky one passes over everything.
    expect(take(bubbles, 9)).to.deep.equal([5, 7, 0, 8, 1, 9, 2, 10, 3]);
    expect(take(bubbles, 2)).to.deep.equal([11, -1]);
  });

  it('gives up the oldest pivot for a new one', () => {
    const bubbles = bubblesOf(2, 'forward');
    bubbles.fault(3);
    bubbles.fault(9);
    expect(take(bubbles, 4)).to.deep.equal([10, 0, 11, 1]);
  });

  it('goes back for what was lost on the way, wherever it is', () => {
    for (const direction of ['both', 'forward', 'backward'] as const) {
      for (const pivots of [1, 3]) {
        const bubbles = bubblesOf(pivots, direction);
        bubbles.fault(5);
        take(bubbles, 9);
        bubbles.restock(Pages.of(12, [4, 6]));
        expect(take(bubbles, 3).sort((a, b) => a - b)).to.deep.equal([-1, 4, 6]);
      }
    }
  });

  it('works along another order than that of the addresses', () => {
    const pageAt = Int32Array.from({ length: 12 }, (_, place) => 11 - place);
    const bubbles = new Bubbles({ pivots: 1, direction: 'forward' }, { pageAt, placeOf: pageAt }, 12, all);
    bubbles.fault(5);
    expect(take(bubbles, 3)).to.deep.equal([4, 3, 2]);
  });
});
