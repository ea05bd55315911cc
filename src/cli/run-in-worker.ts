import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../lab/present/findings';
import type { CheckJob, Progress } from '../protocol/worker';
import { cores, runJob, runSweep, startWorker, type JobMessage, type JobOptions, type JobOutcome, type Sweep } from '../sandbox';
import { HostError, UsageError } from './exit';
import { forgivingWorkers, type Failure } from './forgiving-worker';
import { interruptible } from './signals';

type Parts = Pick<JobOptions, 'start' | 'quickjs' | 'signal'>;

/** What comes of a sweep while it goes on. */
export interface SweepListener {
  /** Each run's report, in the document's order, … */
  onReport: (run: RunReport) => void;
  /** … or, at its place among them, why there is none. Runs are numbered from 0. */
  onFailure: (failure: Failure, run: number) => void;
  onProgress: (progress: Progress) => void;
  onEvents?: (lines: readonly string[]) => void;
  /** What is to be suspected when a worker dies of this run. */
  suspectOf: (run: number) => string;
}

/** Each worker is watched by what makes it forgiving: longer than any sweep, and no more than a timer takes. Seconds. */
const WATCHED_ALREADY = 2_000_000;

/** Runs a job in a worker thread. */
export function runInWorker(job: CheckJob, onMessage: (message: JobMessage) => void): Promise<void> {
  return inWorkers((parts) => runJob(job, { ...parts, onMessage }));
}

/** Makes all runs of an experiment in as many worker threads as there are cores. */
export function sweepInWorkers(sweep: Sweep, { onReport, onFailure, onProgress, onEvents, suspectOf }: SweepListener): Promise<void> {
  const failures = new Map<number, Failure>();
  let next = 0;
  const hand = (run: RunReport) => {
    const number = next++;
    const failure = failures.get(number);
    if (failure) onFailure(failure, number);
    else onReport(run);
  };
  return inWorkers(({ start, ...parts }) =>
    runSweep(sweep, {
      ...parts,
      start: forgivingWorkers(start, failures, suspectOf),
      silenceSeconds: WATCHED_ALREADY,
      workers: cores(),
      onReport: hand,
      onProgress,
      onEvents,
    }),
  );
}

/** The worker and the interpreter lie beside the bundle that this is part of. */
async function inWorkers(work: (parts: Parts) => Promise<JobOutcome>): Promise<void> {
  const quickjs = await WebAssembly.compile(await readFile(join(__dirname, 'quickjs.wasm')));
  const start = () => startWorker(join(__dirname, 'worker.node.js'));
  return interruptible(async (signal) => {
    const outcome = await work({ start, quickjs, signal });
    if (outcome.kind === 'aborted') throw signal.reason;
    if (outcome.kind === 'failed') throw new (outcome.blame === 'input' ? UsageError : HostError)(outcome.message);
  });
}
