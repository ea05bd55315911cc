import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckJob } from '../protocol/worker';
import {
  cores,
  runJob,
  runSweep,
  startWorker,
  type JobMessage,
  type JobOptions,
  type JobOutcome,
  type Sweep,
  type SweepOptions,
} from '../sandbox';
import { Interrupted, UsageError } from './exit';

type Parts = Pick<JobOptions, 'start' | 'quickjs' | 'signal'>;

/** Runs a job in a worker thread. */
export function runInWorker(job: CheckJob, onMessage: (message: JobMessage) => void): Promise<void> {
  return interruptible((parts) => runJob(job, { ...parts, onMessage }));
}

/** Makes all runs of an experiment in as many worker threads as there are cores. */
export function sweepInWorkers(sweep: Sweep, on: Pick<SweepOptions, 'onReport' | 'onProgress' | 'onEvents'>): Promise<void> {
  return interruptible((parts) => runSweep(sweep, { ...parts, ...on, workers: cores() }));
}

/** Ctrl-C ends the work. The worker and the interpreter lie beside the bundle that this is part of. */
async function interruptible(work: (parts: Parts) => Promise<JobOutcome>): Promise<void> {
  const quickjs = await WebAssembly.compile(await readFile(join(__dirname, 'quickjs.wasm')));
  const start = () => startWorker(join(__dirname, 'worker.node.js'));
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.once('SIGINT', interrupt);
  const outcome = await work({ start, quickjs, signal: abort.signal });
  process.off('SIGINT', interrupt);
  if (outcome.kind === 'done') return;
  if (outcome.kind === 'aborted') throw new Interrupted();
  throw outcome.blame === 'input' ? new UsageError(outcome.message) : new Error(outcome.message);
}
