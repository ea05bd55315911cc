import type { Failure } from '../protocol/failure';
import type { CheckJob, FromWorker } from '../protocol/worker';
import { watchWorker, type WatchOptions } from './watch-worker';

/** How a job ended. */
export type JobOutcome =
  | { kind: 'done' }
  | ({ kind: 'failed' } & Failure)
  | { kind: 'aborted' };

/** What a job says while it runs. */
export type JobMessage = Exclude<FromWorker, { kind: 'done' | 'failed' }>;

export interface JobOptions extends Pick<WatchOptions, 'start' | 'silenceSeconds'> {
  /** The compiled `quickjs.wasm`. */
  quickjs: WebAssembly.Module;
  onMessage: (message: JobMessage) => void;
  /** Ends the job at once. */
  signal?: AbortSignal;
}

/** Runs a job in a worker of its own, which is gone when this resolves. Never rejects. */
export function runJob(job: CheckJob, options: JobOptions): Promise<JobOutcome> {
  const { start, quickjs, onMessage, signal, silenceSeconds } = options;
  if (signal?.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    const end = (outcome: JobOutcome) => {
      signal?.removeEventListener('abort', abort);
      worker.end();
      resolve(outcome);
    };
    const abort = () => end({ kind: 'aborted' });
    signal?.addEventListener('abort', abort);
    const worker = watchWorker({
      start,
      silenceSeconds,
      onMessage: (message) => {
        if (message.kind === 'done' || message.kind === 'failed') end(message);
        else onMessage(message);
      },
      onFailed: (message) => end({ kind: 'failed', message, blame: 'infra' }),
    });
    worker.post({ kind: 'job', job, quickjs });
  });
}
