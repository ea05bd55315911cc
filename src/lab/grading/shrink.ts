import type { Finding, FindingKind } from '../../engine/report';
import { PAGE_SIZE, type Scenario } from '../../engine/scenario';
import type { StrategyRunner } from '../strategy-runner';

/** The smallest guest in which a strategy still goes wrong in the same way, and how it does there. */
export interface Smallest {
  readonly pages: number;
  readonly writesPerSecond: number;
  readonly finding: Finding;
}

/**
 * Tiny guests, smallest first: few enough to try all of them, small enough to follow one with a pencil. Most are
 * copied at two pages a second, so that one write a second meets a copy under way. Some mistakes need a link that is
 * faster than the guest, or more pages than strategies send at a time.
 */
export const TINY: readonly Scenario[] = [
  ...tiny(2, [2, 3, 4, 8, 16], [0, 1, 2, 4]),
  ...tiny(128, [4, 16, 128], [8, 32]),
].sort((a, b) => a.guest.pages - b.guest.pages || a.guest.writesPerSecond - b.guest.writesPerSecond);

function tiny(pagesPerSecond: number, sizes: readonly number[], rates: readonly number[]): Scenario[] {
  return sizes.flatMap((pages) =>
    rates.map((writesPerSecond) => ({
      guest: {
        pages,
        workload: 'linear',
        writesPerSecond,
        readsPerSecond: 0,
        workingSetPages: pages,
        zeroFraction: 0,
        vcpus: 1,
        stateBytes: 0,
      },
      link: { bytesPerSecond: pagesPerSecond * PAGE_SIZE, latency: 0 },
      // One page fits, two do not: pre-copy has a reason to go round.
      downtimeLimit: 1 / pagesPerSecond,
      maxRounds: 4,
      seed: 1,
      ideal: true,
    })),
  );
}

/** Tries the tiny guests in order; undefined if none of them shows the same kind of finding. Deterministic. */
export function shrink(runner: StrategyRunner, source: string, file: string, kind: FindingKind): Smallest | undefined {
  for (const scenario of TINY) {
    const { report } = runner.run(source, scenario, { file });
    if (!report) return undefined;
    const finding = report.violations.find((one) => one.kind === kind);
    if (finding) {
      const { pages, writesPerSecond } = scenario.guest;
      return { pages, writesPerSecond, finding };
    }
  }
  return undefined;
}
