import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { machineArguments } from './arguments';
import { hostSeconds, within } from './clock';
import { guestImage, type GuestProgram } from './guest/program';
import { startQemu } from './process';
import { Pulse } from './pulse';
import { QemuError } from './qemu-error';
import { Scratch } from './scratch';

/** What runs the guest's code: QEMU's own translator, or the CPU with the kernel's help. */
export type Accelerator = 'tcg' | 'kvm';

/** Boots in a quarter of a second on a KVM that deserves the name; one that emulates instructions took 4 s. Seconds. */
const PATIENCE_SECONDS = 3;
const BEATS = 20;
/** A beat takes a millisecond; a KVM that loses more than half of them keeps no time. */
const SLOWEST_BEATS_SECONDS = 2 * BEATS * 0.001;
const PROGRAM: GuestProgram = {
  memoryBytes: 16 * 2 ** 20,
  writesPerSecond: 1000,
  pattern: 'random',
  workingSetPages: 256,
  zeroFraction: 1,
  seed: 1,
  debtCapSeconds: 0.002,
};

let known: { qemu: string; accelerator: Promise<Accelerator> } | undefined;

/**
 * KVM if it passes a test, which is made once: that there is a device file proves nothing, for some virtual machines have
 * a KVM that emulates instructions and gets some of them wrong. Otherwise TCG, which works everywhere.
 */
export function chooseAccelerator(qemu: string): Promise<Accelerator> {
  if (known?.qemu !== qemu) known = { qemu, accelerator: passes(qemu).then((good) => (good ? 'kvm' : 'tcg')) };
  return known.accelerator;
}

async function passes(qemu: string): Promise<boolean> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    const { 0: flags = '' } = /^flags\s*:.*$/m.exec(await readFile('/proc/cpuinfo', 'utf8')) ?? [];
    if (!/\b(vmx|svm)\b/.test(flags)) return false;
    return await beatsInTime(qemu);
  } catch {
    return false;
  }
}

async function beatsInTime(qemu: string): Promise<boolean> {
  const scratch = await Scratch.make();
  try {
    const kernel = scratch.path('kernel');
    await writeFile(kernel, guestImage(PROGRAM));
    const machine = { accelerator: 'kvm' as const, memoryBytes: PROGRAM.memoryBytes, kernel, incoming: false };
    const started = await startQemu({ qemu, arguments: machineArguments(machine), socket: scratch.path('k') });
    try {
      const pulse = new Pulse();
      pulse.hear(started.serial, 'source');
      const late = () => new QemuError('KVM did not boot the guest in time.');
      await within(PATIENCE_SECONDS, pulse.more(1), late);
      const begin = hostSeconds();
      await within(PATIENCE_SECONDS, pulse.more(BEATS), late);
      return hostSeconds() - begin <= SLOWEST_BEATS_SECONDS;
    } finally {
      await started.kill();
    }
  } finally {
    await scratch.remove();
  }
}
