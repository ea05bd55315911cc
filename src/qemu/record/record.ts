import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trace } from '../../engine/trace/trace';
import { writeTrace } from '../../engine/trace/format';
import { needQemu } from '../host';
import { assembleTraces } from './assemble';
import { recordingImage } from './image';
import { keepRecording, keptRecording, type RawRecording } from './raw-recording';
import { RecordError } from './record-error';
import { recordGuest } from './record-guest';
import { WORKLOADS, workloadOf, type Workload } from './workloads';

export interface RecordOptions {
  /** Where the traces go. */
  readonly out: string;
  /** Where packages, image and finished recordings are kept: what is there is not made again. */
  readonly cache: string;
  /** Guest time between a workload's start and its recording's. */
  readonly warmUpSeconds: number;
  /** Guest time to record of each guest. */
  readonly seconds: number;
  /** This computer's time after which a guest's recording ends with what it has. Default: none. */
  readonly hostSeconds?: number;
  /** Path of QEMU; default: the one in PATH. */
  readonly qemu?: string;
  readonly signal?: AbortSignal;
  /** What is being done; `done` of `total` parts of it. */
  progress?(step: string, done: number, total: number): void;
}

/** A trace, and the file that it is in. */
export interface RecordedTrace {
  readonly file: string;
  readonly bytes: number;
  readonly trace: Trace;
}

export const TRACE_SUFFIX = '.vmtrace';

/**
 * Records one guest for each of these workloads (or `all`), one after the other, from one image. Contents can be compared
 * across the traces. Throws a RecordError or QemuError in one sentence. When it is called again after an interruption, the
 * guests that were finished are not recorded again.
 */
export async function recordTraces(names: readonly string[], options: RecordOptions): Promise<RecordedTrace[]> {
  const workloads = workloadsOf(names);
  const { cache, warmUpSeconds, seconds, out, signal, progress } = options;
  const qemu = await needQemu(options.qemu);
  await mkdir(out, { recursive: true });
  await mkdir(cache, { recursive: true });
  const image = await recordingImage(cache, { signal, progress: (step) => progress?.(step, 0, 1) });
  const recordings: RawRecording[] = [];
  for (const workload of workloads) {
    const file = join(cache, `${image.key}-${workload.name}-${warmUpSeconds}s-${seconds}s`);
    const log = `${file}.log`;
    let recording = await keptRecording(`${file}.raw`);
    if (!recording) {
      const told = (step: string, done: number, total: number) => progress?.(`${workload.name}: ${step}`, done, total);
      recording = await recordGuest({ ...options, qemu, image, workload, log, progress: told });
      await keepRecording(`${file}.raw`, recording);
    }
    recordings.push(recording);
  }
  progress?.('Comparing contents', 0, 1);
  return Promise.all(assembleTraces(recordings).map((trace) => keepTrace(trace, out)));
}

/** The workloads of these names, each once. Throws a RecordError about the first that is unknown. */
export function workloadsOf(names: readonly string[]): Workload[] {
  const known = WORKLOADS.map(({ name }) => name);
  const unknown = names.find((name) => name !== 'all' && !workloadOf(name));
  if (unknown !== undefined) {
    throw new RecordError(`There is no workload ${unknown}; there are ${known.join(', ')}, and all.`);
  }
  const wanted = new Set(names.includes('all') ? known : names);
  return [...wanted].map((name) => workloadOf(name)!);
}

async function keepTrace(trace: Trace, out: string): Promise<RecordedTrace> {
  const bytes = writeTrace(trace);
  const file = join(out, `${trace.about.name}${TRACE_SUFFIX}`);
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
  return { file, bytes: bytes.length, trace };
}
