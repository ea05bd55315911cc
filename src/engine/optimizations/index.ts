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
