import type { Strategy } from '../api';
import type { Scenario } from '../scenario';
import { activePush } from './active-push';
import { autoConverge } from './auto-converge';
import { balloon } from './balloon';
import {
  bubbling,
  bubblingBackward,
  bubblingForward,
  bubblingForwardMulti,
  bubblingMulti,
} from './bubbling';
import { compression, compressionZstd } from './compression';
import { dedup } from './dedup';
import { dedupOnline } from './dedup-online';
import { deferHot } from './defer-hot';
import { dirtyLimit } from './dirty-limit';
import { dropCaches } from './drop-caches';
import { freePageHints } from './free-page-hints';
import { lruOrder } from './lru-order';
import { mirrorStorage } from './mirror-storage';
import { multifd } from './multifd';
import { preempt } from './preempt';
import { rateAdaptation } from './rate-adaptation';
import { recovery } from './recovery';
import { sdps } from './sdps';
import { selfBallooning } from './self-ballooning';
import { skipDirty } from './skip-dirty';
import { stunning } from './stunning';
import { xbzrle } from './xbzrle';
import { zeroPages } from './zero-pages';
import type { Optimization } from './optimization';
import { chosen, nameOfChoice, valuesIn, type Choice, type Value } from './parameter';

export { nameOfChoice, type Choice, type Parameter, type Value } from './parameter';

/** The optimisations by the names that experiments use. */
export const optimizations = {
  'zero-pages': zeroPages,
  xbzrle,
  compression,
  'compression-zstd': compressionZstd,
  dedup,
  'dedup-online': dedupOnline,
  multifd,
  'auto-converge': autoConverge,
  'dirty-limit': dirtyLimit,
  sdps,
  stunning,
  'rate-adaptation': rateAdaptation,
  'skip-dirty': skipDirty,
  'defer-hot': deferHot,
  'active-push': activePush,
  bubbling,
  'bubbling-forward': bubblingForward,
  'bubbling-backward': bubblingBackward,
  'bubbling-multi': bubblingMulti,
  'bubbling-forward-multi': bubblingForwardMulti,
  'lru-order': lruOrder,
  preempt,
  recovery,
  balloon,
  'self-ballooning': selfBallooning,
  'free-page-hints': freePageHints,
  'drop-caches': dropCaches,
  'mirror-storage': mirrorStorage,
} as const satisfies Record<string, Optimization>;

export type OptimizationName = keyof typeof optimizations;

/** An optimisation by the name that an experiment uses. */
export function optimizationNamed(name: string): Optimization {
  return (optimizations as Readonly<Record<string, Optimization>>)[name]!;
}

/** Why these optimisations cannot be combined, in one sentence; undefined if they can. */
export function refusal(choices: readonly Choice[]): string | undefined {
  const names = choices.map(nameOfChoice);
  for (const name of names) {
    const { excludes = {} } = optimizationNamed(name);
    const other = names.find((candidate) => candidate !== name && Object.hasOwn(excludes, candidate));
    if (other !== undefined) return `\`${name}\` cannot be combined with \`${other}\`: ${excludes[other]}`;
  }
  return undefined;
}

/** Why an optimisation cannot have these parameters, in one sentence; undefined if it can. */
export function conflictIn(choice: Choice): string | undefined {
  const { parameters = {}, conflict } = optimizationNamed(nameOfChoice(choice));
  return conflict?.(chosen(parameters, choice, ({ default: byDefault }) => byDefault));
}

/** The values of an optimisation's parameters in this setting: what the choice says, and the defaults. */
export function valuesOf(scenario: Scenario, choice: Choice): Readonly<Record<string, Value>> {
  return valuesIn(scenario, optimizationNamed(nameOfChoice(choice)).parameters ?? {}, choice);
}

/** The setting and the strategy with these optimisations; the first one is the closest to the strategy. */
export function optimized(
  scenario: Scenario,
  strategy: Strategy,
  choices: readonly Choice[],
): { scenario: Scenario; strategy: Strategy } {
  return choices.reduce<{ scenario: Scenario; strategy: Strategy }>(
    (sofar, choice) => {
      const optimization = optimizationNamed(nameOfChoice(choice));
      const values = valuesOf(sofar.scenario, choice);
      const prepared = optimization.prepare?.(sofar.scenario, values) ?? sofar.scenario;
      return {
        scenario: prepared,
        strategy: optimization.wrap?.(sofar.strategy, prepared, values) ?? sofar.strategy,
      };
    },
    { scenario, strategy },
  );
}
