import type { Page } from '../api';
import type { Workload } from '../scenario';
import type { Random } from './random';

/** An endless sequence of the pages that a guest touches, one touch after the other. */
export interface Pattern {
  /**
   * Writes the next `into.length` pages into `into`. By the batch, because a call per page would cost more than the
   * page.
   */
  fill(into: Int32Array): void;
  /** Moves on by `touches` touches without naming them. */
  skip(touches: number): void;
}

/** 90 % of the touches go to 10 % of the pages. (What `hot-cold` means is fixed by the experiment format.) */
const HOT_TOUCHES = 0.9;
const HOT_PAGES = 0.1;

/** The pattern of a workload over the pages 0 to `workingSet` − 1; undefined if it touches nothing. */
export function patternOf(workload: Workload, workingSet: number, random: Random): Pattern | undefined {
  if (workingSet < 1) return undefined;
  switch (workload) {
    case 'idle':
      return undefined;
    case 'sequential':
      return stride(workingSet, 1);
    case 'linear':
      return stride(workingSet, scatteringStep(workingSet));
    case 'random':
      return { fill: (into) => draw(into, () => random.below(workingSet)), skip: () => undefined };
    case 'hot-cold': {
      const hot = Math.max(1, Math.round(workingSet * HOT_PAGES));
      const cold = workingSet - hot;
      const page = (): Page =>
        cold === 0 || random.next() < HOT_TOUCHES * 0x1_0000_0000 ? random.below(hot) : hot + random.below(cold);
      // Random touches have no memory, so skipping some of them changes nothing that anybody could notice.
      return { fill: (into) => draw(into, page), skip: () => undefined };
    }
  }
}

/** Every page of the working set once in `workingSet` touches, then the same again. */
function stride(workingSet: number, step: number): Pattern {
  let page = 0;
  return {
    fill(into) {
      for (let i = 0; i < into.length; i++) {
        into[i] = page;
        page += step;
        if (page >= workingSet) page -= workingSet;
      }
    },
    skip(touches) {
      page = Number((BigInt(page) + BigInt(Math.floor(touches)) * BigInt(step)) % BigInt(workingSet));
    },
  };
}

/**
 * A step that is coprime with the working set, so that the walk meets every page before it repeats one, and close to
 * the golden section of it, so that neighbours in time are far apart in memory (Knuth, TAOCP 3, 6.4, multiplicative
 * hashing).
 */
function scatteringStep(workingSet: number): number {
  let step = Math.max(1, Math.round(workingSet * 0.6180339887498949));
  while (greatestCommonDivisor(step, workingSet) !== 1) step++;
  return step % workingSet;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

function draw(into: Int32Array, page: () => Page): void {
  for (let i = 0; i < into.length; i++) into[i] = page();
}
