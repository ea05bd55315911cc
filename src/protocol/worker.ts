import type { Report } from '../engine/report';
import type { Verdict } from '../lab/verdict';

/**
 * The messages between a host (VS Code, command line) and the worker in which simulations and learners' code run.
 * One worker does one job and is then thrown away, so a job is also the unit of killing.
 */
export type Job =
  /** Run an experiment; one `report` for each run, in order. */
  | {
      kind: 'simulate';
      /** The experiment document (YAML or JSON). */
      experiment: string;
      /** The strategy files it names, by the name it uses. */
      files: Record<string, string>;
      /** Overrides the experiment's seed. */
      seed?: number;
    }
  /** Check a strategy against a task's workloads. */
  | { kind: 'check'; question: string; task: string; file: string; source: string; seed: number };

export interface ToWorker {
  job: Job;
  /** QuickJS, compiled by the host, which is the one that can read files. */
  quickjs: WebAssembly.Module;
}

export type FromWorker =
  | { kind: 'progress'; done: number; total: number; label: string }
  | { kind: 'report'; report: Report; label: string; /** Values of the sweep's keys. */ point: Record<string, string> }
  | { kind: 'verdict'; verdict: Verdict }
  | { kind: 'done' }
  /** The job could not be run: `message` is one sentence for people. `blame` says whose fault it is. */
  | { kind: 'failed'; message: string; blame: 'input' | 'infra' };
