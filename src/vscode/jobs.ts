import type { CancellationToken } from 'vscode';
import type { RunReport } from '../lab/present/findings';
import type { Verdict } from '../lab/verdict';
import type { Job } from '../protocol/worker';

export type SimulateJob = Extract<Job, { kind: 'simulate' }>;
export type CheckJob = Extract<Job, { kind: 'check' }>;

/** Runs what must not run in the extension host itself: simulations, which take time, and learners' code. */
export interface Jobs {
  /** One report for each run of the experiment, in order. Rejects if it was interrupted or could not be run. */
  simulate(job: SimulateJob, signal: AbortSignal): Promise<RunReport[]>;
  check(job: CheckJob, signal: AbortSignal): Promise<Verdict>;
}

/** The job could not be run, for a reason that people can do something about. */
export class JobFailed extends Error {}

/** A signal that follows a VS Code token. */
export function signalOf(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
