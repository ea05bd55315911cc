import type { Run } from '../lab/experiment';
import type { RunReport } from '../lab/present/findings';
import type { Failure } from '../protocol/failure';
import type { Progress, WorldRuns } from './jobs';

/** What makes migrations between real machines, where there are any. */
export interface RealMachines {
  /** Why none can be made here; undefined if they can. */
  missing(): Promise<Missing | undefined>;
  /** Makes one run. Rejects with one sentence for people, or with the signal's reason if it was interrupted. */
  run(run: Run, options: RealRunOptions): Promise<Pick<RunReport, 'report' | 'remarks' | 'queryMigrate'>>;
}

export interface RealRunOptions {
  /** Ends it at once; no process is left behind. */
  signal: AbortSignal;
  /** `done` of `total` of what is being done now. */
  progress(phase: string, done: number, total: number): void;
}

/** What is missing and how to get it, in a sentence or two; and the same for whoever has read that already. */
export interface Missing {
  readonly sentence: string;
  readonly briefly: string;
}

/**
 * Makes the runs one after the other, because two at a time would disturb each other's figures. One that fails does not keep the
 * others from being made. Rejects only if it was interrupted.
 */
export async function runForReal(
  runs: readonly Run[],
  machines: RealMachines,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<WorldRuns> {
  const made: RunReport[] = [];
  const failures = new Map<number, Failure>();
  for (const [i, run] of runs.entries()) {
    const { label, point } = run;
    const tell = (phase: string, done: number, total: number) => {
      // A share that never reaches the whole before the run is over.
      const share = total > 0 ? Math.min(99, Math.floor((100 * done) / total)) : 0;
      progress({ done: i, total: runs.length, label: `${label} on QEMU: ${phase}${share > 0 ? `, ${share} %` : ''}` });
    };
    signal.throwIfAborted();
    tell('starting', 0, 0);
    try {
      made.push({ ...(await machines.run(run, { signal, progress: tell })), label, point: { ...point }, world: 'qemu' });
    } catch (error) {
      signal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      failures.set(i, { message, blame: 'infra' });
    }
  }
  return { runs: made, failures };
}
