import { l10n, Uri, workspace } from 'vscode';
import { parseExperiment, tracesNamedIn } from '../lab/experiment';
import type { RunReport } from '../lab/present/findings';
import type { Verdict } from '../lab/verdict';
import type { Failure } from '../protocol/failure';
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
} from '../sandbox';
import type { Jobs, Progress, WorldRuns } from './jobs';
import { workerScript } from './worker-script';

type Parts = Pick<JobOptions, 'start' | 'quickjs' | 'signal'>;

/** Jobs in the sandbox's workers. What a worker needs is read once, when the first job comes. */
export class SandboxJobs implements Jobs {
  private parts: Promise<{ script: string; quickjs: WebAssembly.Module }> | undefined;

  constructor(private readonly extension: Uri) {}

  async simulate(sweep: Sweep, signal: AbortSignal, progress?: Progress): Promise<WorldRuns> {
    const runs: RunReport[] = [];
    const failures = new Map<number, Failure>();
    const onReport = (report: RunReport) => runs.push(report);
    const onFailure = (failure: Failure, run: number) => failures.set(run, failure);
    const traces = await this.traceFiles(sweep.experiment);
    await this.run(signal, (parts) =>
      runSweep({ ...sweep, traces }, { ...parts, workers: cores(), onReport, onFailure, onProgress: progress }),
    );
    return { runs, failures };
  }

  async check(job: CheckJob, signal: AbortSignal, progress?: Progress): Promise<Verdict> {
    let verdict: Verdict | undefined;
    const onMessage = (message: JobMessage) => {
      if (message.kind === 'verdict') verdict = message.verdict;
      if (message.kind === 'progress') progress?.(message);
    };
    await this.run(signal, (parts) => runJob(job, { ...parts, onMessage }));
    if (!verdict) throw new Error(l10n.t('The check ended without a verdict.'));
    return verdict;
  }

  /** The recorded traces that an experiment names: read each time, because they are large and seldom wanted. */
  private async traceFiles(text: string): Promise<Record<string, Uint8Array>> {
    const { experiment } = parseExperiment(text);
    const files = (experiment ? tracesNamedIn(experiment) : []).map(async (name) => {
      const bytes = await workspace.fs.readFile(Uri.joinPath(this.extension, 'media', 'traces', `${name}.vmtrace`));
      // A copy with a buffer of its own: what the file system hands out may be a window onto a larger one.
      return [name, new Uint8Array(bytes)] as const;
    });
    return Object.fromEntries(await Promise.all(files));
  }

  private async run(signal: AbortSignal, work: (parts: Parts) => Promise<JobOutcome>): Promise<void> {
    // A failure to read is not kept, so that the next job tries again.
    this.parts ??= this.load().catch((error: unknown) => {
      this.parts = undefined;
      throw error;
    });
    const { script, quickjs } = await this.parts;
    const outcome = await work({ start: () => startWorker(script), quickjs, signal });
    if (outcome.kind === 'aborted') throw new Error(l10n.t('Interrupted'));
    if (outcome.kind === 'failed') throw new Error(outcome.message);
  }

  private async load() {
    const wasm = workspace.fs.readFile(Uri.joinPath(this.extension, 'dist', 'quickjs.wasm'));
    const [script, bytes] = await Promise.all([workerScript(this.extension), wasm]);
    // A copy with a buffer of its own: what the file system hands out may be a window onto a larger one.
    return { script, quickjs: await WebAssembly.compile(new Uint8Array(bytes)) };
  }
}
