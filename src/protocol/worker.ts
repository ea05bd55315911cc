import type { Report } from '../engine/report';
import type { Verdict } from '../lab/verdict';
import type { Failure } from './failure';

/**
 * The messages between a host (VS Code, command line) and a worker in which simulations and learners' code run.
 * One worker does one job and is then thrown away, so a job is also the unit of killing. The runs of one experiment are
 * shared out among several workers, each of which has the experiment as its job.
 */
export type Job = SimulateJob | CheckJob;

/** Prepare an experiment, whose runs are then asked for one by one. */
export interface SimulateJob {
  kind: 'simulate';
  /** The experiment document (YAML or JSON). */
  experiment: string;
  /** The strategy files it names, by the name it uses. */
  files: Record<string, string>;
  /** The files of the recorded traces it names, by their names. */
  traces?: Record<string, Uint8Array>;
  /** Overrides the experiment's seed. */
  seed?: number;
  /** Is every event of the runs wanted? */
  events?: boolean;
}

/** Check a strategy against a task's workloads. */
export interface CheckJob {
  kind: 'check';
  question: string;
  task: string;
  file: string;
  source: string;
  seed: number;
}

/** Each is answered by a `done` or a `failed` in the end, and only then may the next one follow. */
export type ToWorker =
  /** The first. `quickjs` is QuickJS, compiled by the host, which is the one that can read files. */
  | { kind: 'job'; job: Job; quickjs: WebAssembly.Module }
  /** Make one run of the experiment, numbered from 0 in the document's order. */
  | { kind: 'run'; run: number };

export type FromWorker =
  | ({ kind: 'progress' } & Progress)
  /** A run has been begun, or goes on: a sign of life. */
  | { kind: 'begun'; run: number; label: string }
  /** Everything that happened in a run, in order: an event is a line of JSON. Come before the run's report. */
  | { kind: 'events'; lines: string[] }
  | {
      kind: 'report';
      run: number;
      report: Report;
      label: string;
      /** Values of the sweep's keys. */
      point: Record<string, string>;
    }
  | { kind: 'verdict'; verdict: Verdict }
  | { kind: 'done' }
  | ({ kind: 'failed' } & Failure);

/** How far a job is: `done` of `total` parts, and what is being done now. */
export interface Progress {
  done: number;
  total: number;
  label: string;
}
