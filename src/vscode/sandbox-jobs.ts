import { l10n, Uri, workspace } from 'vscode';
import type { RunReport } from '../lab/present/findings';
import type { Verdict } from '../lab/verdict';
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
import type { Jobs, Progress } from './jobs';
import { workerScript } from './worker-script';

type Parts = Pick<JobOptions, 'start' | 'quickjs' | 'signal'>;

/** Jobs in the sandbox's workers. What a worker needs is read once, when the first job comes. */
export class SandboxJobs implements Jobs {
  private parts: Promise<{ script: string; quickjs: WebAssembly.Module }> | undefined;

  constructor(private readonly extension: Uri) {}

  async simulate(sweep: Sweep, signal: AbortSignal, progress?: Progress): Promise<RunReport[]> {
    const reports: RunReport[] = [];
    const onReport = (report: RunReport) => reports.push(report);
    await this.run(signal, (parts) =>
      runSweep(sweep, { ...parts, workers: cores(), onReport, onProgress: progress }),
    );
    if (reports.length === 0) throw new Error(l10n.t('The experiment ended without a report.'));
    return reports;
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
