import type { FromWorker, ToWorker } from '../protocol/worker';
import type { Workerish } from './workerish';

/** A worker at its work, as far as whoever gives it the work is concerned. */
export interface WatchedWorker {
  post(message: ToWorker): void;
  /** Ends it at once, whatever it is doing. Nothing is heard of it afterwards. */
  end(): void;
}

export interface WatchOptions {
  /** Starts the worker. */
  start: () => Workerish;
  onMessage: (message: FromWorker) => void;
  /** It failed and is gone. One sentence for people. Never comes before `watchWorker` has returned. */
  onFailed: (message: string) => void;
  /**
   * How long the worker may say nothing before it is given up, in seconds. Strategies end by a budget of steps that is
   * the same on every machine; this only catches what that cannot: an interpreter that is stuck, or a host that is.
   */
  silenceSeconds?: number;
}

const SILENCE_SECONDS = 60;

/** Starts a worker, which is given up when it says nothing for too long: it must have something to do all the time. */
export function watchWorker(options: WatchOptions): WatchedWorker {
  const { start, onMessage, onFailed, silenceSeconds = SILENCE_SECONDS } = options;
  let worker: Workerish | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const end = () => {
    over = true;
    clearTimeout(watchdog);
    worker?.terminate();
  };
  const fail = (message: string) => {
    if (over) return;
    end();
    onFailed(message);
  };
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => fail(stuck(silenceSeconds)), silenceSeconds * 1000);
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      queueMicrotask(() => fail(`The worker that was to do this could not be started: ${reason}`));
    }
  };
  attempt(() => {
    worker = start();
    worker.onMessage((message) => {
      if (over) return;
      watch();
      onMessage(message);
    });
    worker.onError((reason) => fail(`The worker that was to do this failed: ${reason}.`));
    watch();
  });
  return { post: (message) => attempt(() => !over && worker?.post(message)), end };
}

function stuck(seconds: number): string {
  return (
    `Nothing was heard from the worker for ${seconds} s, so it was stopped. A guest of many GiB, or one that writes ` +
    'far more than its link carries, can take that long: try a smaller or quieter one. In a strategy of your own, look ' +
    'for a built-in function that it keeps busy: joining, copying or comparing giant texts and arrays again and again.'
  );
}
