import type { Report } from '../engine';
import type { FromWorker, ToWorker } from '../protocol/worker';
import { watchWorker, type WatchedWorker } from '../sandbox/watch-worker';
import type { Workerish } from '../sandbox/workerish';

/** Why a run could not be made: one sentence, and whose fault it is. */
export interface Failure {
  message: string;
  blame: 'input' | 'infra';
}

/** In place of a report that there will never be: nobody may look into it. */
const NO_REPORT = {} as Report;

/**
 * Workers for a sweep in which a run that fails does not end the others. To the sweep such a run ends like any other, so that
 * its order is kept; `failures` says by the run's number that it did not. A worker that died of a run is replaced, and what
 * killed it (`suspectOf` a run: its strategy) is not tried again, since that takes a minute each time.
 */
export function forgivingWorkers(
  start: () => Workerish,
  failures: Map<number, Failure>,
  suspectOf: (run: number) => string,
): () => Workerish {
  const deadly = new Map<string, Failure>();
  return () => {
    let listener: (message: FromWorker) => void = () => undefined;
    let job: ToWorker | undefined;
    let run: number | undefined;
    let worker: WatchedWorker;

    const fail = (failed: number, { message, blame }: Failure) => {
      run = undefined;
      failures.set(failed, { message, blame });
      listener({ kind: 'report', run: failed, report: NO_REPORT, label: '', point: {} });
    };
    const hear = (message: FromWorker) => {
      if (message.kind === 'done') run = undefined;
      if (message.kind !== 'failed' || run === undefined) return listener(message);
      fail(run, message);
      listener({ kind: 'done' });
    };
    const lose = (message: string) => {
      if (run === undefined) return listener({ kind: 'failed', message, blame: 'infra' });
      const failure = { message, blame: 'infra' } as const;
      deadly.set(suspectOf(run), failure);
      employ();
      fail(run, failure);
      // Its answer, when it is ready, ends the run.
      if (job) worker.post(job);
    };
    const employ = () => {
      worker = watchWorker({ start, onMessage: hear, onFailed: lose });
    };

    employ();
    return {
      post: (message) => {
        if (message.kind === 'job') job = message;
        else run = message.run;
        const known = run === undefined ? undefined : deadly.get(suspectOf(run));
        if (run === undefined || !known) return worker.post(message);
        const skipped = run;
        queueMicrotask(() => {
          fail(skipped, known);
          listener({ kind: 'done' });
        });
      },
      onMessage: (heard) => (listener = heard),
      // What goes wrong is said in a message.
      onError: () => undefined,
      terminate: () => worker.end(),
    };
  };
}
