import type { Strategy } from '../api';
import type { Scenario } from '../scenario';
import type { Optimization } from './optimization';

/** The optimisations by the names that experiments use. */
export const optimizations = {} as const satisfies Record<string, Optimization>;

export type OptimizationName = keyof typeof optimizations;

/** Why these optimisations cannot be combined, in one sentence; undefined if they can. */
export function refusal(names: readonly string[]): string | undefined {
  const all = names.map((name) => [name, (optimizations as Record<string, Optimization>)[name]!] as const);
  for (const [name, { excludes = {} }] of all) {
    const other = names.find((candidate) => candidate !== name && Object.hasOwn(excludes, candidate));
    if (other !== undefined) return `\`${name}\` cannot be combined with \`${other}\`: ${excludes[other]}`;
  }
  return undefined;
}

/** The setting and the strategy with these optimisations; the first one is the closest to the strategy. */
export function optimized(
  scenario: Scenario,
  strategy: Strategy,
  names: readonly string[],
): { scenario: Scenario; strategy: Strategy } {
  return names.reduce(
    (sofar, name) => {
      const { prepare, wrap } = (optimizations as Record<string, Optimization>)[name]!;
      const prepared = prepare ? prepare(sofar.scenario) : sofar.scenario;
      return {
        scenario: prepared,
        strategy: wrap ? wrap(sofar.strategy, prepared) : sofar.strategy,
      };
    },
    { scenario, strategy },
  );
}
