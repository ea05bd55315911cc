import { generatorStart, HOT_TOUCHES, hotPages, patternStep, SCRAMBLE, type GuestProgram } from './program';

/** The pages of the window, by number, that the guest writes, one after the other: the guest's own sums, done again. */
export function* replay(program: GuestProgram): Generator<number, void, void> {
  const { pattern, workingSetPages } = program;
  let state = generatorStart(program.seed);
  // The guest keeps the upper half of the product; it has fewer than 53 bits, so this is exact.
  const below = (limit: number): number => Math.floor((draw() * limit) / 0x1_0000_0000);
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.imul(state, SCRAMBLE) >>> 0;
  };
  const hot = hotPages(workingSetPages);
  const step = patternStep(program);
  for (let touch = 0; pattern !== 'once' || touch < workingSetPages; touch++) {
    if (pattern === 'random') yield below(workingSetPages);
    else if (pattern !== 'hot-cold') yield (touch * step) % workingSetPages;
    else yield hot === workingSetPages || draw() < HOT_TOUCHES ? below(hot) : hot + below(workingSetPages - hot);
  }
}

/**
 * What the counters of the window's pages hold after so many writes. A page whose counter lags behind is stale: a
 * migration lost what the guest had written.
 */
export function countersAfter(program: GuestProgram, writes: number): Uint32Array {
  const counters = new Uint32Array(program.workingSetPages);
  let left = writes;
  for (const page of replay(program)) {
    if (left-- <= 0) break;
    counters[page]++;
  }
  return counters;
}
