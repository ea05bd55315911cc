import type { Scenario, Trace } from '../../../../src/engine';
import { Random } from '../../../../src/engine/guest/random';

/** Bytes per second of the gigabit Ethernet of the post-copy paper. */
const GIGABIT = 125e6;

/**
 * The workload of the post-copy paper's figure 17: processes that each sort an array of their own with Quicksort; in
 * all they fill the guest's memory. A process goes upwards over its part, and what belongs into the lower half is swapped
 * there (Lomuto's partition); then it sorts the lower part, then the upper one. Each is somewhere in its work when the
 * migration begins, and they take turns on the CPU.
 */
export function quicksort(processes: number, { pages = 16_384, pagesPerSecond = 8000, vcpus = 1, seed = 1 } = {}): Scenario {
  const random = new Random(seed, 99);
  const region = Math.floor(pages / processes);
  const sorts = Array.from({ length: processes }, (_, i) => endlessly(i * region, region, random));
  for (const sort of sorts) for (let skipped = random.below(4 * region); skipped > 0; skipped--) sort.next();
  const turns = sorts.map((_, i) => i);
  for (let i = processes - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [turns[i], turns[j]] = [turns[j]!, turns[i]!];
  }
  // The scheduler lets each process run for a time slice.
  const intervalSeconds = 0.01;
  const slice = Math.max(1, Math.round(pagesPerSecond * intervalSeconds));
  const seconds = 2 * (pages * 4104) / GIGABIT;
  const intervals = Array.from({ length: Math.ceil(seconds / intervalSeconds) }, (_, i) => {
    const sort = sorts[turns[i % processes]!]!;
    const touched = new Set(Array.from({ length: slice }, () => sort.next().value));
    const nothing = new Int32Array(0);
    const none = { classes: new Uint32Array(0), compressedUnits: new Uint8Array(0), deltaClasses: new Uint8Array(0), silent: new Uint8Array(0) };
    return { pages: nothing, ...none, readPages: Int32Array.from([...touched].sort((a, b) => a - b)) };
  });
  const trace: Trace = {
    pageCount: pages,
    intervalSeconds,
    about: {
      name: 'quicksort',
      workload: 'processes that sort',
      recording: 'computed',
      versions: {},
      timeScale: 'its own',
      basis: { writes: 'estimated', contents: 'estimated', compressedSizes: 'estimated', deltaSizes: 'estimated' },
    },
    start: { classes: new Uint32Array(pages).fill(1), compressedUnits: new Uint8Array(pages).fill(64) },
    intervals,
  };
  return {
    guest: { pages, workload: 'idle', writesPerSecond: 0, readsPerSecond: 0, workingSetPages: pages, zeroFraction: 0, vcpus, stateBytes: 0, trace },
    link: { bytesPerSecond: GIGABIT, latency: 0.0001 },
    downtimeLimit: 0.3,
    maxRounds: 30,
    seed,
    ideal: false,
  };
}

/** The pages that a process touches which sorts the pages from `start` on, again and again. */
function* endlessly(start: number, pages: number, random: Random): Generator<number, never> {
  for (;;) yield* sorting(start, start + pages, random);
}

function* sorting(from: number, to: number, random: Random): Generator<number, void> {
  if (to - from < 2) return;
  // Where the parts meet depends on the pivot element: anywhere in the middle half.
  const lower = 0.25 + random.below(512) / 1024;
  const middle = from + Math.floor((to - from) * lower);
  for (let page = from; page < to; page++) {
    yield page;
    yield from + Math.floor((page - from) * lower);
  }
  yield* sorting(from, middle, random);
  yield* sorting(middle, to, random);
}
