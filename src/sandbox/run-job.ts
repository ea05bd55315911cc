import type { FromWorker, Job } from '../protocol/worker';
import type { Workerish } from './workerish';

/** How a job ended. */
export type JobOutcome =
  | { kind: 'done' }
  /** `message` is one sentence for people. `blame` says whose fault it is: what was handed in, or ours. */
  | { kind: 'failed'; message: string; blame: 'input' | 'infra' }
  | { kind: 'aborted' };

/** What a job says while it runs. */
export type JobMessage = Exclude<FromWorker, { kind: 'done' | 'failed' }>;

export interface JobOptions {
  /** Starts the worker that does the job. */
  start: () => Workerish;
  /** The compiled `quickjs.wasm`. */
  quickjs: WebAssembly.Module;
  onMessage: (message: JobMessage) => void;
  /** Ends the job at once. */
  signal?: AbortSignal;
  /**
   * How long the worker may say nothing before it is given up, in seconds. Strategies end by a budget of steps that is
   * the same on every machine; this only catches what that cannot: an interpreter that is stuck, or a host that is.
   */
  silenceSeconds?: number;
}

const SILENCE_SECONDS = 60;

/** Runs a job in a worker of its own, which is gone when this resolves. Never rejects. */
export function runJob(job: Job, options: JobOptions): Promise<JobOutcome> {
  const { start, quickjs, onMessage, signal, silenceSeconds = SILENCE_SECONDS } = options;
  if (signal?.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    let worker: Workerish | undefined;
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const end = (outcome: JobOutcome) => {
      if (over) return;
      over = true;
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', abort);
      worker?.terminate();
      resolve(outcome);
    };
    const abort = () => end({ kind: 'aborted' });
    const infra = (message: string) => end({ kind: 'failed', message, blame: 'infra' });
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => infra(stuck(silenceSeconds)), silenceSeconds * 1000);
    };
    signal?.addEventListener('abort', abort);
    try {
      worker = start();
      worker.onMessage((message) => {
        if (over) return;
        watch();
        if (message.kind === 'done' || message.kind === 'failed') end(message);
        else onMessage(message);
      });
      worker.onError((reason) => infra(`The worker that was to do this failed: ${reason}.`));
      watch();
      worker.post({ job, quickjs });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      infra(`The worker that was to do this could not be started: ${reason}`);
    }
  });
}

function stuck(seconds: number): string {
  return (
    `Nothing was heard from the worker for ${seconds} s, so it was stopped. A guest of many GiB, or one that writes ` +
    'far more than its link carries, can take that long: try a smaller or quieter one. In a strategy of your own, look ' +
    'for a built-in function that it keeps busy: joining, copying or comparing giant texts and arrays again and again.'
  );
}
