import type { Report } from '../../engine/report';
import type { Cell } from './cell';

/** What is compared of a migration, in the words of `Report`. */
export interface Outcome {
  /**
   * Did it come to its end, with the guest at the destination? (A report's `converged` also asks whether the downtime kept
   * to its limit, which real QEMU does not promise.)
   */
  readonly converged: boolean;
  /** Part of the total: from the command to the first page. */
  readonly setupSeconds: number;
  readonly totalSeconds: number;
  readonly downtimeSeconds: number;
  readonly transferredBytes: number;
  readonly pagesSent: number;
  readonly finalPages: number;
  /** How often the dirty bitmap was read. */
  readonly syncs: number;
  readonly networkFaults: number;
}

/** @param before what of the total came before the migration, seconds */
export function outcomeOf(report: Report, before = 0): Outcome {
  const { downtimeSeconds, transferredBytes, pagesSent, finalPages, networkFaults } = report;
  const totalSeconds = report.totalSeconds - before;
  const converged =
    report.aborted === undefined && report.broken === undefined && report.residualPages === 0 &&
    report.timeline.resumedAtSeconds !== undefined;
  return {
    converged,
    setupSeconds: report.setupSeconds - before,
    totalSeconds,
    downtimeSeconds,
    transferredBytes,
    pagesSent,
    finalPages,
    syncs: report.tracking.syncs,
    networkFaults,
  };
}

/** One repetition of a cell on real QEMU. A file of these, one JSON document a line, is the raw result of a comparison. */
export interface Measurement {
  readonly cell: Cell;
  readonly repetition: number;
  /** ISO 8601. */
  readonly at: string;
  /** QEMU's version. */
  readonly qemu: string;
  /** What else the computer did: processes that were ready to run, the mean of the last minute, before it began. */
  readonly load: number;
  readonly cores: number;
  /** Page writes per second: before the migration, and at the source while it went on. */
  readonly rateBefore: number;
  readonly rateDuring: number;
  /**
   * What the link gave in the first pass over memory, bytes per second: a loaded computer does not keep up with the link that
   * it plays, and every technique begins with the same pass.
   */
  readonly linkDuring: number;
  /** Pages that the guest had written when the migration began: where a walk through its window stood. */
  readonly writtenBefore: number;
  /** All that QEMU migrates as memory: the guest's, and that of its firmware. */
  readonly guestPages: number;
  /** What went over the link beside pages: vCPU, devices, and the stream's own words. */
  readonly stateBytes: number;
  /** The downtime that QEMU reports, seconds: its own work, without what is on its way or asked for afterwards. */
  readonly ownDowntimeSeconds?: number;
  readonly real: Outcome;
}
