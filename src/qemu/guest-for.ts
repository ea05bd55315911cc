import { PAGE_SIZE, type GuestSpec, type Scenario } from '../engine/scenario';
import { COUNTER_OFFSET, MOST_WRITES_PER_SECOND, WINDOW_START, type GuestProgram } from './guest/program';
import { QemuError } from './qemu-error';

const MEBIBYTE_PAGES = 2 ** 20 / PAGE_SIZE;
/** Below the window lie the program and what the firmware uses. */
const RESERVED_PAGES = WINDOW_START / PAGE_SIZE;
/** What our program can use: pages. */
const FEWEST_PAGES = 4 * MEBIBYTE_PAGES;
const MOST_PAGES = 3 * 1024 * MEBIBYTE_PAGES;
/** A guest that is held back loses its work, as one that computes does; it may catch up on so much. Seconds. */
const DEBT_CAP_SECONDS = 0.002;

const TOO_MANY_WRITES =
  `On real QEMU \`guest.writes\` may be at most ${MOST_WRITES_PER_SECOND} pages/s ` +
  `(${Math.floor((MOST_WRITES_PER_SECOND * PAGE_SIZE) / 2 ** 30)} GiB/s): the guest’s clock is no finer.`;

/** What our program is to do so that it behaves as an experiment's guest, and where it does not, in sentences. */
export function guestFor({ guest, seed }: Scenario): { program: GuestProgram; remarks: string[] } {
  refuse(guest);
  const pages = Math.ceil(guest.pages / MEBIBYTE_PAGES) * MEBIBYTE_PAGES;
  if (pages < FEWEST_PAGES || pages > MOST_PAGES) {
    throw new QemuError('On real QEMU `guest.memory` must be from 4 MiB to 3 GiB.', ['guest.memory']);
  }
  const writesPerSecond = guest.workload === 'idle' ? 0 : guest.writesPerSecond;
  if (writesPerSecond > MOST_WRITES_PER_SECOND) throw new QemuError(TOO_MANY_WRITES, ['guest.writes']);
  const workingSetPages = Math.min(guest.workingSetPages, pages - RESERVED_PAGES);
  const remarks = [
    pages > guest.pages && 'QEMU takes memory in steps of 1 MiB: the guest has a little more than the experiment says.',
    workingSetPages < guest.workingSetPages &&
      `The working set is ${workingSetPages} pages: the first 2 MiB of memory belong to the firmware and the program.`,
    guest.readsPerSecond > 0 && 'The real guest only writes: `guest.reads` is not done.',
    guest.vcpus > 1 && 'The real guest has one vCPU, which does all of the writing.',
    guest.content?.compressedFraction !== undefined &&
      'How well the real guest’s pages compress is up to its program: `guest.compressed` is not followed.',
    (guest.content?.duplicateFraction ?? 0) > 0 && 'The real guest has no duplicate pages: `guest.duplicates` is not followed.',
    (guest.freeFraction ?? 0) > 0 && 'The real guest uses all of its memory: `guest.free` is not followed.',
    (guest.cacheFraction ?? 0) > 0 && 'The real guest caches no disk: `guest.cache` is not followed.',
    guest.workingSetStart !== undefined && 'Where the real guest’s working set lies is up to its program.',
  ];
  return {
    program: {
      memoryBytes: pages * PAGE_SIZE,
      writesPerSecond,
      pattern: guest.workload === 'idle' ? 'random' : guest.workload,
      workingSetPages,
      zeroFraction: guest.zeroFraction,
      seed,
      debtCapSeconds: DEBT_CAP_SECONDS,
      ...(guest.content?.bytesPerWrite !== undefined && { deltaBytes: Math.min(guest.content.bytesPerWrite, COUNTER_OFFSET) }),
    },
    remarks: remarks.filter((each) => each !== false && each !== undefined),
  };
}

function refuse(guest: GuestSpec): void {
  const plain = 'give `guest.workload` a plain workload, such as `random`';
  const reasons: [holds: unknown, message: string, keys: string[]][] = [
    [guest.trace, `A recorded guest cannot be replayed on real QEMU: ${plain}.`, ['guest.workload']],
    [guest.phases, `Phases of work are not possible on real QEMU yet: ${plain}.`, ['guest.workload']],
    [
      (guest.workingSetMoves ?? 0) > 0,
      'A moving working set is not possible on real QEMU yet: leave `guest.workingSetMoves` out.',
      ['guest.workingSetMoves'],
    ],
    [
      (guest.deviceWritesPerSecond ?? 0) > 0,
      'Real QEMU here has no passed-through device: leave `guest.device` out.',
      ['guest.device'],
    ],
  ];
  for (const [holds, message, keys] of reasons) if (holds) throw new QemuError(message, keys);
}
