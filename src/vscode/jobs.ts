import type { CancellationToken } from 'vscode';
import type { RunReport } from '../lab/present/findings';
import type { Verdict } from '../lab/verdict';
import type { FromWorker, Job } from '../protocol/worker';

export type SimulateJob = Extract<Job, { kind: 'simulate' }>;
export type CheckJob = Extract<Job, { kind: 'check' }>;
export type Progress = (message: Extract<FromWorker, { kind: 'progress' }>) => void;

/**
 * Runs what must not run in the extension host itself: simulations, which take time, and learners' code.
 * Rejects with one sentence for people if the job was interrupted or could not be run.
 */
export interface Jobs {
  /** One report for each run of the experiment, in order; at least one. */
  simulate(job: SimulateJob, signal: AbortSignal, progress?: Progress): Promise<RunReport[]>;
  check(job: CheckJob, signal: AbortSignal, progress?: Progress): Promise<Verdict>;
}

/** A signal that follows a VS Code token. */
export function signalOf(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
