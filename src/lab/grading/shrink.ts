import type { Finding, FindingKind } from '../../engine/report';
import { PAGE_SIZE, type Scenario } from '../../engine/scenario';
import type { StrategyRunner } from '../strategy-runner';

/** The smallest guest in which a strategy still goes wrong in the same way, and how it does there. */
export interface Smallest {
  readonly pages: number;
  readonly writesPerSecond: number;
  readonly finding: Finding;
}

/** Tiny guests, smallest first: few enough to try all of them, small enough to follow one with a pencil. */
const PAGES = [2, 3, 4, 8, 16];
const WRITES = [0, 1, 2, 4];
/** Two pages a second: slow enough that one write a second meets a copy under way. */
const LINK = { bytesPerSecond: 2 * PAGE_SIZE, latency: 0 };

/** All guests that are tried, in order. */
export const TINY: readonly Scenario[] = PAGES.flatMap((pages) =>
  WRITES.map((writesPerSecond) => ({
    guest: {
      pages,
      workload: 'linear' as const,
      writesPerSecond,
      readsPerSecond: 0,
      workingSetPages: pages,
      zeroFraction: 0,
      vcpus: 1,
      stateBytes: 0,
    },
    link: LINK,
    // One page fits, two do not: pre-copy has a reason to go round.
    downtimeLimit: 0.5,
    maxRounds: 4,
    seed: 1,
    ideal: true,
  })),
);

/** Tries the tiny guests in order; undefined if none of them shows the same kind of finding. Deterministic. */
export function shrink(runner: StrategyRunner, source: string, file: string, kind: FindingKind): Smallest | undefined {
  for (const scenario of TINY) {
    const finding = runner.run(source, scenario, { file }).report?.violations.find((one) => one.kind === kind);
    if (finding) {
      const { pages, writesPerSecond } = scenario.guest;
      return { pages, writesPerSecond, finding };
    }
  }
  return undefined;
}
