import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { QemuError } from '../qemu/qemu-error';
import { recordTraces, workloadsOf, type RecordedTrace } from '../qemu/record/record';
import { savingShare, sharedShare, statisticsOf } from '../qemu/record/statistics';
import { HostError, UsageError } from './exit';
import { makeFolders } from './make-folders';
import { print, printJson } from './printed';
import { ProgressLine } from './progress-line';
import { interruptible } from './signals';
import { whyNotWritten } from './system-words';

export interface QemuRecordOptions {
  /** Folder for the traces. */
  out: string;
  /** Guest time, seconds. */
  warmUp: number;
  seconds: number;
  /** This computer's time for each guest. */
  minutes?: number;
  /** Folder for packages, image and finished recordings. */
  cache?: string;
  qemu?: string;
  json?: true;
}

/** `vmlab qemu record WORKLOAD…`: traces of real guests, all of which are recorded together. */
export async function qemuRecord(names: string[], options: QemuRecordOptions): Promise<void> {
  const { out, warmUp, seconds, minutes, cache, qemu, json } = options;
  orBlame(UsageError, () => workloadsOf(names));
  const folders = { out: resolve(out), cache: resolve(cache ?? join(homedir(), '.cache', 'vmlab')) };
  // What cannot be written is said before anything is recorded for it.
  if (out === '' || cache === '') throw new UsageError(`${out === '' ? '--out' : '--cache'} needs the name of a folder, and this one is empty.`);
  for (const folder of Object.values(folders)) await makeFolder(folder);
  const line = new ProgressLine(process.stderr);
  const traces = await interruptible(async (signal) => {
    try {
      return await recordTraces(names, {
        ...folders,
        warmUpSeconds: warmUp,
        seconds,
        hostSeconds: minutes === undefined ? undefined : 60 * minutes,
        qemu,
        signal,
        progress: (step, done, total) => line.tell(total > 1 ? `${step}: ${done} of ${total}` : step),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof QemuError ? new HostError(error.message) : ofTheSystem(error);
    } finally {
      line.clear();
    }
  });
  if (json) printJson(documentOf(traces));
  else print(textOf(traces));
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`${folder}: ${whyNotWritten(error)}; a folder that can be written is needed.`);
  }
}

/** A full disk, for example. */
function ofTheSystem(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  return code === undefined || path === undefined ? error : new HostError(`${path} could not be written: ${whyNotWritten(error)}.`);
}

function orBlame(Blamed: new (message: string) => Error, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    throw error instanceof QemuError ? new Blamed(error.message) : error;
  }
}

/** Shares of pages that are not zero are between guests that were recorded together; with one guest there is none. */
function documentOf(recorded: readonly RecordedTrace[]) {
  const all = recorded.map(({ trace }) => trace);
  const traces = recorded.map(({ file, bytes, trace }) => {
    const others = all.filter((other) => other !== trace);
    return { file, bytes, ...statisticsOf(trace), ...(others.length > 0 && { sharedShare: sharedShare(trace, others) }) };
  });
  return { traces, ...(all.length > 1 && { savingShare: savingShare(all) }) };
}

function textOf(recorded: readonly RecordedTrace[]): string {
  const { traces, savingShare: saving } = documentOf(recorded);
  const lines = traces.map(
    ({ file, bytes, seconds, dirtyMedian, dirtyP90, zeroShare, sharedShare: shared }) =>
      `${file}: ${bytes} bytes, ${seconds} s; pages changed in 0.1 s: median ${dirtyMedian}, 90 % at most ${dirtyP90}; ` +
      `zero at the start: ${percent(zeroShare)}${shared === undefined ? '' : `; in another guest, too: ${percent(shared)}`}`,
  );
  if (saving !== undefined) lines.push(`Each content kept once would save ${percent(saving)} of the pages that are not zero.`);
  return lines.join('\n');
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
