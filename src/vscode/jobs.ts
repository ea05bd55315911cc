import type { CancellationToken } from 'vscode';
import type { RunReport } from '../lab/present/findings';
import type { Verdict } from '../lab/verdict';
import type { Failure } from '../protocol/failure';
import type * as protocol from '../protocol/worker';
import type { Sweep } from '../sandbox';

export type Progress = (progress: protocol.Progress) => void;

/** What came of an experiment's runs in one world, in the document's order. */
export interface WorldRuns {
  readonly runs: RunReport[];
  /** Why there is no report of the others, by their numbers from 0. */
  readonly failures: ReadonlyMap<number, Failure>;
}

/**
 * Runs what must not run in the extension host itself: simulations, which take time, and learners' code.
 * Rejects with one sentence for people if the job was interrupted or could not be run.
 */
export interface Jobs {
  /** All runs of an experiment. Takes all cores if it takes long. */
  simulate(sweep: Sweep, signal: AbortSignal, progress?: Progress): Promise<WorldRuns>;
  check(job: protocol.CheckJob, signal: AbortSignal, progress?: Progress): Promise<Verdict>;
}

/** A signal that follows a VS Code token. */
export function signalOf(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
