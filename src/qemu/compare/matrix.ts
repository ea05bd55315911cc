import type { Cell } from './cell';

/** What a cell is like unless it says otherwise: on a link so slow that two cores keep up with it, and over in seconds. */
const USUAL = {
  technique: 'pre-copy',
  workload: 'random',
  rate: 0.5,
  workingSetMebibytes: 16,
  zero: 0,
  memoryMebibytes: 64,
  linkBytesPerSecond: 31.25e6,
  downtimeLimitMilliseconds: 300,
} as const satisfies Cell;

const cell = (changes: Partial<Cell>): Cell => ({ ...USUAL, ...changes });

/** One cell of each kind. */
export const QUICK: readonly Cell[] = [
  cell({ workload: 'idle' }),
  cell({}),
  cell({ rate: 1.2 }),
  cell({ workload: 'hot-cold' }),
  cell({ technique: 'stop-and-copy' }),
  cell({ technique: 'post-copy', rate: 0.1 }),
];

/** Techniques × rates around the link's × patterns × working sets × zero pages × optimisations, as far as they tell more. */
export const FULL: readonly Cell[] = [
  cell({ workload: 'idle' }),
  cell({ workload: 'idle', zero: 0.5 }),
  ...[4, 16, 48].flatMap((workingSetMebibytes) =>
    [0.25, 0.5, 0.9, 1.2].map((rate) => cell({ workingSetMebibytes, rate })),
  ),
  // The ones that never end.
  cell({ workingSetMebibytes: 48, rate: 2 }),
  cell({ workload: 'sequential', workingSetMebibytes: 48, rate: 1.2 }),
  ...[0.5, 0.9, 1.2].map((rate) => cell({ workload: 'hot-cold', workingSetMebibytes: 48, rate })),
  ...[0.25, 0.5, 0.9].map((rate) => cell({ workload: 'sequential', rate })),
  cell({ rate: 0.5, zero: 0.5 }),
  cell({ technique: 'stop-and-copy' }),
  ...(['random', 'sequential', 'hot-cold'] as const).map((workload) =>
    cell({ technique: 'post-copy', workload, rate: 0.1 }),
  ),
  cell({ technique: 'hybrid', rate: 0.5 }),
  cell({ technique: 'hybrid', rate: 1.2, workingSetMebibytes: 48 }),
  cell({ with: ['xbzrle'], rate: 1.2 }),
  cell({ with: ['auto-converge'], rate: 1.2, workingSetMebibytes: 48 }),
  cell({ with: ['multifd'], rate: 0.5 }),
];
