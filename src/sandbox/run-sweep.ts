import type { RunReport } from '../lab/present/findings';
import type { FromWorker, Progress, SimulateJob } from '../protocol/worker';
import type { JobOptions, JobOutcome } from './run-job';
import { Schedule } from './schedule';
import { watchWorker, type WatchedWorker } from './watch-worker';

/** An experiment, all of whose runs are to be made. */
export interface Sweep extends Omit<SimulateJob, 'kind'> {
  /** How many runs the experiment asks for; at least one. */
  runs: number;
}

export interface SweepOptions extends Omit<JobOptions, 'onMessage'> {
  /** How many workers there may be at a time: the machine's cores. */
  workers: number;
  /** One report for each run, in the document's order, each as soon as those before it are there. */
  onReport: (report: RunReport) => void;
  onProgress?: (progress: Progress) => void;
  /** The events of a run as lines of JSON, if the experiment asks for them; those of a run come one after the other. */
  onEvents?: (lines: readonly string[]) => void;
  /**
   * Says when more than one worker is worth starting, by calling what it is given; returns how to call that off.
   * Default: when it is not over after a moment. What comes out does not depend on it, only when.
   */
  growth?: (grow: () => void) => () => void;
}

type Failed = Extract<JobOutcome, { kind: 'failed' }>;

/** About as long as a worker takes to start, in milliseconds: what is over by then gains nothing by a second one. */
const GROWTH_MS = 150;

/**
 * Makes all runs of an experiment, each in the next worker that is free; all workers are gone when this resolves. What
 * is wrong with a run ends the sweep at this run, and the reports of those before it still come; a worker that fails ends
 * it at once. Never rejects.
 */
export function runSweep({ runs, ...experiment }: Sweep, options: SweepOptions): Promise<JobOutcome> {
  const { start, quickjs, workers, onReport, onProgress, onEvents, signal, silenceSeconds, growth = afterAMoment } = options;
  if (signal?.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    const schedule = new Schedule<RunReport, Failed>(runs);
    /** Each worker with the run that it is at; none while it prepares. */
    const busy = new Map<WatchedWorker, number | undefined>();
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
    const tell = () => onProgress?.({ done: schedule.finished, total: runs, label });
    const endIfOver = () => {
      if (schedule.isOver) end(schedule.failure ?? { kind: 'done' });
    };

    const hear = (worker: WatchedWorker, message: FromWorker) => {
      switch (message.kind) {
        case 'begun':
          ({ label } = message);
          return tell();
        case 'events':
          return onEvents?.(message.lines);
        case 'report': {
          const { run, ...report } = message;
          for (const due of schedule.finish(run, report)) onReport(due);
          tell();
          return endIfOver();
        }
        case 'done':
          return next(worker);
        case 'failed':
          return failed(worker, message);
        case 'progress':
        case 'verdict':
          // Said of checks only.
          return;
      }
    };
    const next = (worker: WatchedWorker) => {
      const run = schedule.take();
      if (run === undefined) return dismiss(worker);
      busy.set(worker, run);
      worker.post({ kind: 'run', run });
    };
    const failed = (worker: WatchedWorker, failure: Failed) => {
      const run = busy.get(worker);
      if (run === undefined || failure.blame === 'infra') return end(failure);
      schedule.fail(run, failure);
      // Only the runs before it are still wanted.
      for (const [other, at] of [...busy]) if (at !== undefined && !schedule.wants(at)) dismiss(other);
      endIfOver();
    };
    const employ = () => {
      const worker: WatchedWorker = watchWorker({
        start,
        silenceSeconds,
        onMessage: (message) => hear(worker, message),
        onFailed: (message) => end({ kind: 'failed', message, blame: 'infra' }),
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
