import type { Choice } from '../engine/optimizations';
import type { Report } from '../engine/report';
import type { Scenario } from '../engine/scenario';

/**
 * How the lab runs a learner's strategy without knowing where: the sandbox implements it, grading takes it as an
 * argument. A run is a pure function of source and scenario; it never throws for something the learner wrote.
 */
export interface StrategyRunner {
  /**
   * Migrates the scenario's guest with the strategy that `source` (TypeScript) exports by default.
   *
   * What goes wrong *during* the migration is a finding in the report, with `line` and `column` (1-based, in `source`)
   * where they are known: 'threw', 'endless', 'bad-yield' and the broken invariants. Only a file that gives no
   * strategy to run at all, or takes more memory than a strategy may have, is an `error`.
   */
  run(source: string, scenario: Scenario, options: RunOptions): RunResult;
}

export interface RunOptions {
  /** The file's name, for `Report.technique` and messages. */
  file: string;
  /** Optimisations to run it with; the first one is the closest to the strategy. */
  with?: readonly Choice[];
}

export type RunResult = { report: Report; error?: undefined } | { report?: undefined; error: StrategyError };

/** Why a file could not be run as a strategy. The learner's own line and column (1-based) where they are known. */
export interface StrategyError {
  kind: StrategyErrorKind;
  /** One sentence for people, without position. */
  message: string;
  line?: number;
  column?: number;
}

export type StrategyErrorKind =
  /** Not TypeScript, or TypeScript that cannot be run by leaving its types out (enum, namespace, …). */
  | 'syntax'
  /** It imports something at run time; a strategy may import types only. */
  | 'import'
  /** No default export. */
  | 'no-export'
  /** The default export is not a generator function (`function*`). */
  | 'not-a-generator'
  /** The file threw while it was loaded, before the strategy began. */
  | 'threw-on-load'
  /** Loading never ended within the budget of steps. */
  | 'endless-on-load'
  /** The strategy took more memory than it may have. */
  | 'out-of-memory'
  /** Our side failed. Never the learner's fault, never scored. */
  | 'infra';
