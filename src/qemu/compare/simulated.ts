import { simulate, type Scenario } from '../../engine';
import { PAGE_SIZE } from '../../engine/scenario';
import { simulationOf } from '../../lab/experiment';
import { FIRMWARE_ZERO_PAGES, WINDOW_START } from '../guest/program';
import { runOf } from './cell';
import { FULL_SECONDS } from '../line';
import { outcomeOf, type Measurement, type Outcome } from './outcome';

/** A migration that lasts longer than this does not converge, in either world: seconds. */
export const LIMIT_SECONDS = 25;

/** What of a measurement the simulator is told. */
export type Reality = Pick<
  Measurement,
  'cell' | 'repetition' | 'guestPages' | 'stateBytes' | 'linkDuring' | 'rateBefore' | 'rateDuring' | 'writtenBefore'
> & { readonly real: Pick<Outcome, 'setupSeconds'> };

/**
 * Pages of zeros in the memory of the firmware (the ROMs and ACPI tables that QEMU 7.2 migrates beside the guest's memory,
 * counted as `duplicate` of idle guests).
 */
const ROM_ZERO_PAGES = 82;

/** What a unix socket of Linux takes before its reader has read it (net.core.wmem_default): bytes. */
const SOCKET_BYTES = 212_992;

/**
 * The same migration in the simulator. It is told what the guest is and really did, and nothing of the migration: its pages
 * with the firmware's, the bytes of its devices, the rate at which it wrote and what the link gave in the first pass (a loaded
 * computer gives both less than they ask for), where its window lies, and where its walk stood; and what it costs this
 * computer to read a dirty bit. The set-up tells, which reads the bits of all pages: our guest's memory takes QEMU's path
 * of one bit at a time (see PADDING_BYTES), and each bit that is set resets the vCPU's TLB (include/exec/ram_addr.h:
 * cpu_physical_memory_test_and_clear_dirty). So the set-up grows with the memory: 1.7 to 2.9 µs a page from 64 to 256 MiB.
 */
export function simulated(reality: Reality): Outcome {
  const { cell, repetition } = reality;
  const run = runOf(cell, repetition);
  const scenario = told(run.scenario, reality);
  const before = secondsBefore(scenario, reality);
  const { setupSeconds } = reality.real;
  const { scenario: preset, strategy } = simulationOf({ ...run, scenario: { ...scenario, setupSeconds: setupSeconds + before } });
  const readSecondsPerDirtyPage = setupSeconds / reality.guestPages;
  const setting = { ...preset, ...(preset.tracking && { tracking: { ...preset.tracking, readSecondsPerDirtyPage } }) };
  return outcomeOf(simulate(setting, strategy, { maxSeconds: LIMIT_SECONDS + before }), before);
}

function told(scenario: Scenario, { cell, guestPages, stateBytes, linkDuring, rateBefore, rateDuring }: Reality): Scenario {
  const { guest } = scenario;
  const zeroPages = Math.max(Math.round(guest.pages * guest.zeroFraction), FIRMWARE_ZERO_PAGES) + ROM_ZERO_PAGES;
  // What auto-converge takes away is the simulator's to find out; and post-copy leaves the source at once.
  const isDisturbed = cell.with?.includes('auto-converge') === true || cell.technique === 'post-copy';
  const writesPerSecond = isDisturbed ? Math.max(rateBefore, rateDuring) : rateDuring;
  return {
    ...scenario,
    link: { ...scenario.link, bytesPerSecond: linkDuring, queueBytes: SOCKET_BYTES + FULL_SECONDS * linkDuring },
    guest: {
      ...guest,
      pages: guestPages,
      zeroFraction: zeroPages / guestPages,
      stateBytes,
      writesPerSecond,
      workingSetStart: WINDOW_START / PAGE_SIZE,
    },
  };
}

/** The simulated guest walks on during the set-up: after so long its walk stands where the real one stood. */
function secondsBefore({ guest }: Scenario, { cell: { workload }, writtenBefore }: Reality): number {
  if (workload !== 'sequential' && workload !== 'linear') return 0;
  return (writtenBefore % guest.workingSetPages) / guest.writesPerSecond;
}
