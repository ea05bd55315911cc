import type { RunReport } from '../lab/present/findings';
import type { Failure } from '../protocol/failure';
import type { FromWorker, Progress, SimulateJob } from '../protocol/worker';
import type { JobOptions, JobOutcome } from './run-job';
import { Schedule } from './schedule';
import { watchWorker, type WatchedWorker } from './watch-worker';

/** An experiment, all of whose runs are to be made. */
export interface Sweep extends Omit<SimulateJob, 'kind'> {
  /** The technique of each run that the experiment asks for, in the document's order; at least one. */
  techniques: readonly string[];
}

export interface SweepOptions extends Omit<JobOptions, 'onMessage'> {
  /** How many workers there may be at a time: the machine's cores. */
  workers: number;
  /** Each run's report, in the document's order, as soon as all before it are there … */
  onReport: (report: RunReport) => void;
  /** … or, in its place among them, why there is none. Runs are numbered from 0. */
  onFailure: (failure: Failure, run: number) => void;
  onProgress?: (progress: Progress) => void;
  /** The events of a run as lines of JSON, if the experiment asks for them; those of a run come one after the other. */
  onEvents?: (lines: readonly string[]) => void;
  /**
   * Says when more than one worker is worth starting, by calling what it is given; returns how to call that off.
   * Default: when it is not over after a moment. What comes out does not depend on it, only when.
   */
  growth?: (grow: () => void) => () => void;
}

/** What came of a run: hands it on. */
type Result = () => void;

/** About as long as a worker takes to start, in milliseconds: what is over by then gains nothing by a second one. */
const GROWTH_MS = 150;

/**
 * Makes all runs of an experiment, each in the next worker that is free; all workers are gone when this resolves. A run that
 * fails does not end the others. A worker that died of a run is replaced, and the technique that killed it is not tried again,
 * since that takes a minute each time. What fails before any run, fails. Never rejects.
 */
export function runSweep({ techniques, ...experiment }: Sweep, options: SweepOptions): Promise<JobOutcome> {
  const { start, quickjs, workers, onReport, onFailure, onProgress, onEvents, signal, silenceSeconds, growth = afterAMoment } = options;
  if (signal?.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    const schedule = new Schedule<Result>(techniques.length);
    /** Each worker with the run that it is at; none while it prepares. */
    const busy = new Map<WatchedWorker, number | undefined>();
    const deadly = new Map<string, Failure>();
    let label = '';
    let over = false;

    const end = (outcome: JobOutcome) => {
      if (over) return;
      over = true;
      callOff();
      signal?.removeEventListener('abort', abort);
      for (const worker of busy.keys()) worker.end();
      resolve(outcome);
    };
    const abort = () => end({ kind: 'aborted' });
    const dismiss = (worker: WatchedWorker) => {
      worker.end();
      busy.delete(worker);
    };
    const tell = () => onProgress?.({ done: schedule.finished, total: techniques.length, label });
    const finish = (run: number, result: Result) => {
      for (const handOn of schedule.finish(run, result)) handOn();
      tell();
      if (schedule.isOver) end({ kind: 'done' });
    };
    const fail = (run: number, { message, blame }: Failure) => finish(run, () => onFailure({ message, blame }, run));

    const hear = (worker: WatchedWorker, message: FromWorker) => {
      switch (message.kind) {
        case 'begun':
          ({ label } = message);
          return tell();
        case 'events':
          return onEvents?.(message.lines);
        case 'report': {
          const { run, ...report } = message;
          return finish(run, () => onReport(report));
        }
        case 'done':
          return next(worker);
        case 'failed': {
          const run = busy.get(worker);
          if (run === undefined) return end(message);
          fail(run, message);
          return next(worker);
        }
        case 'progress':
        case 'verdict':
          // Said of checks only.
          return;
      }
    };
    const next = (worker: WatchedWorker) => {
      for (;;) {
        const run = schedule.take();
        if (run === undefined) return dismiss(worker);
        const known = deadly.get(techniques[run]!);
        if (known) {
          fail(run, known);
          continue;
        }
        busy.set(worker, run);
        return worker.post({ kind: 'run', run });
      }
    };
    const lose = (worker: WatchedWorker, message: string) => {
      const failure = { message, blame: 'infra' } as const;
      const run = busy.get(worker);
      if (run === undefined) return end({ kind: 'failed', ...failure });
      busy.delete(worker);
      deadly.set(techniques[run]!, failure);
      fail(run, failure);
      if (schedule.left > 0) employ();
    };
    const employ = () => {
      const worker: WatchedWorker = watchWorker({
        start,
        silenceSeconds,
        onMessage: (message) => hear(worker, message),
        onFailed: (message) => lose(worker, message),
      });
      busy.set(worker, undefined);
      worker.post({ kind: 'job', job: { kind: 'simulate', ...experiment }, quickjs });
    };
    const grow = () => {
      const atRuns = [...busy.values()].filter((run) => run !== undefined).length;
      const wanted = Math.min(workers, atRuns + schedule.left);
      while (busy.size < wanted) employ();
    };

    signal?.addEventListener('abort', abort);
    employ();
    const callOff = growth(grow);
  });
}

function afterAMoment(grow: () => void): () => void {
  const timer = setTimeout(grow, GROWTH_MS);
  return () => clearTimeout(timer);
}
