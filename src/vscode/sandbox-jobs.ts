import { l10n, Uri, workspace } from 'vscode';
import type { RunReport } from '../lab/present/findings';
import type { Verdict } from '../lab/verdict';
import type { Job } from '../protocol/worker';
import { runJob, startWorker, type JobMessage } from '../sandbox';
import type { CheckJob, Jobs, Progress, SimulateJob } from './jobs';
import { workerScript } from './worker-script';

/** Jobs in the sandbox's workers. What a worker needs is read once, when the first job comes. */
export class SandboxJobs implements Jobs {
  private parts: Promise<{ script: string; quickjs: WebAssembly.Module }> | undefined;

  constructor(private readonly extension: Uri) {}

  async simulate(job: SimulateJob, signal: AbortSignal, progress?: Progress): Promise<RunReport[]> {
    const reports: RunReport[] = [];
    await this.run(job, signal, (message) => {
      if (message.kind === 'report') reports.push(message);
      if (message.kind === 'progress') progress?.(message);
    });
    if (reports.length === 0) throw new Error(l10n.t('The experiment ended without a report.'));
    return reports;
  }

  async check(job: CheckJob, signal: AbortSignal, progress?: Progress): Promise<Verdict> {
    let verdict: Verdict | undefined;
    await this.run(job, signal, (message) => {
      if (message.kind === 'verdict') verdict = message.verdict;
      if (message.kind === 'progress') progress?.(message);
    });
    if (!verdict) throw new Error(l10n.t('The check ended without a verdict.'));
    return verdict;
  }

  private async run(job: Job, signal: AbortSignal, onMessage: (message: JobMessage) => void): Promise<void> {
    // A failure to read is not kept, so that the next job tries again.
    this.parts ??= this.load().catch((error: unknown) => {
      this.parts = undefined;
      throw error;
    });
    const { script, quickjs } = await this.parts;
    const outcome = await runJob(job, { start: () => startWorker(script), quickjs, onMessage, signal });
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
