import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckJob } from '../protocol/worker';
import { cores, runJob, runSweep, startWorker, type JobMessage, type JobOptions, type JobOutcome, type Sweep, type SweepOptions } from '../sandbox';
import { HostError, UsageError } from './exit';
import { interruptible } from './signals';

type Parts = Pick<JobOptions, 'start' | 'quickjs' | 'signal'>;

/** What comes of a sweep while it goes on. */
export type SweepListener = Pick<SweepOptions, 'onReport' | 'onFailure' | 'onProgress' | 'onEvents'>;

/** Runs a job in a worker thread. */
export function runInWorker(job: CheckJob, onMessage: (message: JobMessage) => void): Promise<void> {
  return inWorkers((parts) => runJob(job, { ...parts, onMessage }));
}

/** Makes all runs of an experiment in as many worker threads as there are cores. */
export function sweepInWorkers(sweep: Sweep, listener: SweepListener): Promise<void> {
  return inWorkers((parts) => runSweep(sweep, { ...parts, ...listener, workers: cores() }));
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
