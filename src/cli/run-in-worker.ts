import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../protocol/worker';
import { runJob, startWorker, type JobMessage } from '../sandbox';
import { UsageError } from './exit';

/** Runs a job in a worker thread; the worker and the interpreter lie beside the bundle that this is part of. */
export async function runInWorker(job: Job, onMessage: (message: JobMessage) => void): Promise<void> {
  const quickjs = await WebAssembly.compile(await readFile(join(__dirname, 'quickjs.wasm')));
  const outcome = await runJob(job, { start: () => startWorker(join(__dirname, 'worker.node.js')), quickjs, onMessage });
  if (outcome.kind === 'done') return;
  const message = outcome.kind === 'failed' ? outcome.message : 'the run was stopped.';
  throw outcome.kind === 'failed' && outcome.blame === 'input' ? new UsageError(message) : new Error(message);
}
