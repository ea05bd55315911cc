import type { Workload } from '../scenario';
import type { Random } from './random';

/** An endless sequence of the pages of a working set, one touch after the other. */
export interface Pattern {
  /** Writes the next pages into `into`, from `from` to `to` − 1: by the batch, for a call costs more than a page. */
  fill(into: Int32Array, from: number, to: number): void;
  /** Moves on by `touches` touches without naming them. */
  skip(touches: number): void;
}

/** 90 % of the touches go to 10 % of the pages. (What `hot-cold` means is fixed by the experiment format.) */
const HOT_TOUCHES = 0.9;
const HOT_PAGES = 0.1;

/**
 * The pattern of a workload over the pages 0 to `workingSet` − 1; undefined if it touches nothing.
 * Of its touches, numbered from 0, it gives number `first` and then every `every`-th: a vCPU's share.
 */
export function patternOf(
  workload: Workload,
  workingSet: number,
  random: Random,
  first = 0,
  every = 1,
): Pattern | undefined {
  if (workingSet < 1) return undefined;
  switch (workload) {
    case 'idle':
      return undefined;
    case 'sequential':
    case 'once':
      return stride(workingSet, 1, first, every);
    case 'linear':
      return stride(workingSet, scatteringStep(workingSet), first, every);
    case 'random':
      return { fill: (into, from, to) => random.fillBelow(workingSet, into, from, to), skip: () => undefined };
    case 'hot-cold':
      return hotCold(workingSet, random);
  }
}

function hotCold(workingSet: number, random: Random): Pattern {
  const hot = Math.max(1, Math.round(workingSet * HOT_PAGES));
  const cold = workingSet - hot;
  return {
    // Where all pages are hot, so is every touch.
    fill: (into, from, to) => random.fillTwo(cold === 0 ? 1 : HOT_TOUCHES, hot, cold, into, from, to),
    // Random touches have no memory, so skipping some of them changes nothing that anybody could notice.
    skip: () => undefined,
  };
}

/** Every page of the working set once in `workingSet` touches, then the same again; of these every `every`-th. */
function stride(workingSet: number, step: number, first: number, every: number): Pattern {
  let page = multiplyModulo(step, first, workingSet);
  const stride = multiplyModulo(step, every, workingSet);
  return {
    fill(into, from, to) {
      for (let i = from; i < to; i++) {
        into[i] = page;
        page += stride;
        if (page >= workingSet) page -= workingSet;
      }
    },
    skip(touches) {
      page = (page + multiplyModulo(stride, touches, workingSet)) % workingSet;
    },
  };
}

function multiplyModulo(a: number, b: number, modulus: number): number {
  return Number((BigInt(a) * BigInt(b)) % BigInt(modulus));
}

/**
 * A step that is coprime with the working set, so that the walk meets every page before it repeats one, and close to
 * the golden section of it, so that neighbours in time are far apart in memory (Knuth, TAOCP 3, 6.4, multiplicative
 * hashing).
 */
export function scatteringStep(workingSet: number): number {
  let step = Math.max(1, Math.round(workingSet * 0.6180339887498949));
  while (greatestCommonDivisor(step, workingSet) !== 1) step++;
  return step % workingSet;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
