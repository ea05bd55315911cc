import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { hostSeconds } from '../clock';
import { startQemu } from '../process';
import { Scratch } from '../scratch';
import { clockAddress, GuestClock } from './guest-clock';
import { READY } from './guest-scripts';
import type { RecordingImage } from './image';
import type { RawContents, RawRecording, RawSample } from './raw-recording';
import { RecordError } from './record-error';
import { Sampler } from './sampler';
import type { Workload } from './workloads';

const MEMORY_MIB = 256;
/** Assumption: as fine as a simulation needs. A trace can be made coarser, never finer. */
export const INTERVAL_SECONDS = 0.1;
/** One instruction takes one nanosecond of the guest's time, whatever the host does. */
const ICOUNT = 'shift=0';
const KERNEL_OPTIONS = 'console=ttyS0 quiet panic=-1 nohz=off init_on_free=1';

export interface GuestOptions {
  readonly qemu: { readonly path: string; readonly version: string };
  readonly image: RecordingImage;
  readonly workload: Workload;
  /** Guest time from when the workload runs to when the recording starts. */
  readonly warmUpSeconds: number;
  /** Guest time to record. */
  readonly seconds: number;
  /** This computer's time after which the recording ends with what it has: 1 GIPS can be slow to emulate. Default: none. */
  readonly hostSeconds?: number;
  /** The guest's serial output is kept here. */
  readonly log: string;
  /** A folder in memory; the guest's memory is a file in it. */
  readonly memoryFolder?: string;
  readonly signal?: AbortSignal;
  progress?(step: string, done: number, total: number): void;
}

/**
 * Boots a guest, lets its workload warm up, and records what it does to its memory. Throws a RecordError if the guest
 * complains, misses its time, or if the recording does not agree with itself.
 */
export async function recordGuest(options: GuestOptions): Promise<RawRecording> {
  const { qemu, image, workload, warmUpSeconds, seconds, signal } = options;
  const deadline = hostSeconds() + (options.hostSeconds ?? Infinity);
  const scratch = await Scratch.make(options.memoryFolder);
  try {
    const memory = scratch.path('memory');
    const args = machineArguments(image, workload.name, memory);
    const machine = await startQemu({ qemu: qemu.path, arguments: args, socket: scratch.path('q'), signal });
    const console = new GuestConsole(machine.serial);
    // Whatever comes first: the recording, a complaint of the guest, or its end.
    const died = machine.ended.then((how) => Promise.reject(new RecordError(`The guest ended too early. ${how}`)));
    died.catch(() => undefined);
    const file = openSync(memory, 'r');
    try {
      return await Promise.race([died, record(options, { qmp: machine.qmp, console, file })]);
    } finally {
      closeSync(file);
      await machine.kill();
      await writeFile(options.log, console.text);
    }
  } finally {
    await scratch.remove();
  }

  async function record(
    { progress }: GuestOptions,
    { qmp, console, file }: { qmp: ConstructorParameters<typeof Sampler>[0]['qmp']; console: GuestConsole; file: number },
  ): Promise<RawRecording> {
    progress?.('booting', 0, 1);
    const address = clockAddress(await console.line(/^SYM /, signal));
    if (address === undefined) throw new RecordError('The guest did not tell where its clock is.');
    await console.line(new RegExp(`^${READY} `), signal);
    const clock = new GuestClock(file, address, image.ticksPerSecond);
    progress?.('warming up', 0, 1);
    const memoryBytes = MEMORY_MIB * 2 ** 20;
    const sampler = new Sampler({ qmp, clock, memory: file, memoryBytes, signal });
    const startTicks = clock.ticks() + clock.ticksIn(warmUpSeconds);
    const start = await sampler.start(startTicks);
    const ticks = clock.ticksIn(INTERVAL_SECONDS);
    const count = Math.round(seconds / INTERVAL_SECONDS);
    const samples: RawSample[] = [];
    let inexact = 0;
    for await (const taken of sampler.samples(count, ticks)) {
      console.throwComplaint(workload.name);
      if (taken.ticks !== ticks) inexact++;
      samples.push(taken.sample);
      progress?.('recording', samples.length, count);
      if (hostSeconds() > deadline) break;
    }
    checkTimes(workload.name, inexact, samples.length);
    checkReplay(start, samples, sampler.end());
    return {
      workload: workload.name,
      pageCount: start.hashes.length,
      intervalSeconds: INTERVAL_SECONDS,
      recording: recordingText(qemu.version, startTicks / image.ticksPerSecond, inexact, samples.length),
      versions: versionsOf(qemu.version, image, workload),
      start,
      samples,
    };
  }
}

function machineArguments(image: RecordingImage, workload: string, memory: string): string[] {
  return [
    ...['-accel', 'tcg,thread=single', '-icount', ICOUNT, '-cpu', 'max,la57=off', '-smp', '1', '-m', `${MEMORY_MIB}`],
    ...['-machine', 'pc,memory-backend=m'],
    ...['-object', `memory-backend-file,id=m,size=${MEMORY_MIB}M,mem-path=${memory},share=on`],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', `${KERNEL_OPTIONS} wl=${workload}`],
    ...['-drive', `file=${image.disk.replaceAll(',', ',,')},if=virtio,format=raw,snapshot=on`],
    ...['-nodefaults', '-net', 'none', '-display', 'none', '-monitor', 'none', '-no-reboot'],
  ];
}

/** What the guest prints. */
class GuestConsole {
  text = '';
  readonly #waiting = new Set<() => void>();

  constructor(serial: Socket) {
    serial.setEncoding('utf8');
    serial.on('error', () => undefined);
    serial.on('data', (text: string) => {
      this.text += text;
      for (const look of this.#waiting) look();
    });
  }

  /** The first line that matches, as soon as the guest has printed it. */
  line(pattern: RegExp, signal?: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const complaint = this.#complaint();
        const line = this.#lines().find((each) => pattern.test(each));
        if (line === undefined && complaint === undefined && !signal?.aborted) return;
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', look);
        if (complaint !== undefined) reject(new RecordError(`The guest complains: ${complaint}.`));
        else if (signal?.aborted) reject(signal.reason);
        else resolve(line!);
      };
      this.#waiting.add(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }

  /** A workload that fails can look healthy from outside: it keeps the guest busy with failing. */
  throwComplaint(workload: string): void {
    const complaint = this.#complaint();
    if (complaint !== undefined) throw new RecordError(`The guest that runs ${workload} complains: ${complaint}.`);
  }

  #complaint(): string | undefined {
    const found = this.#lines().find((line) => /ERROR|Kernel panic|Out of memory|I\/O error/.test(line));
    return found?.replace(/^.*ERROR /, '').replace(/\.$/, '');
  }

  /** Complete lines only. */
  #lines(): string[] {
    return this.text.split(/\r?\n/).slice(0, -1);
  }
}

/**
 * Assumption: a trace of which one sample in twenty took longer still is what it says, as long as it says so. Two are
 * what it takes the sampler to find out how early it has to stop the guest.
 */
const MOST_INEXACT = { share: 0.05, count: 2 };

function checkTimes(workload: string, inexact: number, count: number): void {
  if (inexact <= Math.max(MOST_INEXACT.share * count, MOST_INEXACT.count)) return;
  throw new RecordError(
    `${inexact} of ${count} samples of ${workload} were not ${INTERVAL_SECONDS * 1000} ms of guest time apart: this computer is too busy.`,
  );
}

/** The start and what each sample changed have to lead to the end, which was looked at on its own. */
export function checkReplay(start: RawContents, samples: readonly RawSample[], end: RawContents): void {
  const hashes = start.hashes.slice();
  const units = start.compressedUnits.slice();
  for (const sample of samples) {
    sample.pages.forEach((page, k) => {
      hashes[page] = sample.hashes[k]!;
      units[page] = sample.compressedUnits[k]!;
    });
  }
  const wrong = hashes.findIndex((hash, page) => hash !== end.hashes[page] || units[page] !== end.compressedUnits[page]);
  if (wrong >= 0) throw new RecordError(`The recording is wrong: replayed, page ${wrong} ends with another content.`);
}

function recordingText(qemu: string, startSeconds: number, inexact: number, count: number): string {
  const exact = inexact === 0 ? 'all samples exact to a tick' : `${inexact} of ${count} samples a tick or more late`;
  return (
    `QEMU ${qemu}, TCG with -icount ${ICOUNT}, 1 vCPU, ${MEMORY_MIB} MiB, kernel options ${KERNEL_OPTIONS}; from ` +
    `${startSeconds.toFixed(1)} s after the guest's start, a comparison of memory images every ${INTERVAL_SECONDS * 1000} ms of guest time (${exact}). ` +
    'Stores that leave a page as it was are not seen.'
  );
}

function versionsOf(qemu: string, { versions }: RecordingImage, { packages }: Workload): Record<string, string> {
  const chosen = ['linux', ...packages].map((name) => [name, versions[name] ?? 'unknown'] as const);
  return { qemu, ...Object.fromEntries(chosen) };
}
