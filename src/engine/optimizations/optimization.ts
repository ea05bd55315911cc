import type { Migration, PageSet, SendOptions, Step, Strategy } from '../api';
import type { Scenario } from '../scenario';
import type { Occasion } from '../techniques/occasions';
import type { Parameters, ValuesOf } from './parameter';

/** Something that makes a technique better, at a price. */
export interface Optimization<P extends Parameters = Parameters> {
  readonly name: string;
  /** One sentence: what it does, and what it costs. */
  readonly summary: string;
  readonly helps: 'pre-copy' | 'post-copy' | 'both';
  /** Of no use to a technique that does not do this. Absent: it may be of use to any. */
  readonly needs?: Occasion;
  /** What of it can be set; absent: nothing. */
  readonly parameters?: P;
  /** Why these values cannot be together, in one sentence; undefined if they can. */
  conflict?(values: ValuesOf<P>): string | undefined;
  /** Changes the setting: what the stream or the tracking can do. */
  prepare?(scenario: Scenario, values: ValuesOf<P>): Scenario;
  /** Changes what the strategy does; in this setting, as prepared so far. */
  wrap?(strategy: Strategy, scenario: Scenario, values: ValuesOf<P>): Strategy;
  /** What it cannot be combined with, and why. */
  readonly excludes?: Readonly<Record<string, string>>;
}

/** What an optimisation puts between a strategy and its migration. */
export interface Interception {
  /** Verbs that are done otherwise. */
  readonly verbs?: Partial<Migration>;
  /** What happens instead of each `send()`. */
  send?(pages: PageSet, options: SendOptions): Generator<Step, void, void>;
}

/** Under each migration that a strategy was handed instead of the real one: the real one. */
const real = new WeakMap<Migration, Migration>();

/** The strategy as before, except that what `by` says comes between it and the migration. */
export function intercept(strategy: Strategy, by: (m: Migration) => Interception): Strategy {
  return function* (m) {
    const { verbs = {}, send } = by(m);
    const asked = new Map<Step, () => Generator<Step, void, void>>();
    const inner = derive(m, {
      ...verbs,
      ...(send && {
        send(pages, options = {}) {
          // The strategy gets a step that sends nothing, so that it is checked like any other, and missed if not yielded.
          // Nobody comes between that one and the migration: it would be one step more for each who does.
          const step = (real.get(m) ?? m).send(pages, { bytes: 0 });
          asked.set(step, () => send(pages, options));
          return step;
        },
      }),
    });
    for (const step of strategy(inner)) {
      yield step;
      const instead = asked.get(step);
      asked.delete(step);
      if (instead) yield* instead();
    }
  };
}

/** The migration with some of its verbs replaced. */
function derive(m: Migration, verbs: Partial<Migration>): Migration {
  const derived = new Proxy(m, {
    get(target, key) {
      if (Object.hasOwn(verbs, key)) return verbs[key as keyof Migration];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  real.set(derived, real.get(m) ?? m);
  return derived;
}
