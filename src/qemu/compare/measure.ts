import { availableParallelism, loadavg } from 'node:os';
import { PAGE_SIZE } from '../../engine/scenario';
import { checkMemory, needQemu } from '../host';
import { planOf } from '../mapping';
import { Migration, type QemuProgress } from '../migrate';
import type { Observations } from '../observations';
import { Link } from '../relay';
import { reportOf } from '../report';
import { Scratch } from '../scratch';
import { runOf, type Cell } from './cell';
import { outcomeOf, type Measurement } from './outcome';
import { LIMIT_SECONDS } from './simulated';

export interface MeasureOptions {
  signal?: AbortSignal;
  progress?: (progress: QemuProgress) => void;
  /** Where QEMU is; default: the first one in PATH. */
  qemu?: string;
}

/** Makes one migration of a cell with real QEMU. Throws a `QemuError` with one sentence for people. */
export async function measure(cell: Cell, repetition: number, options: MeasureOptions = {}): Promise<Measurement> {
  const { signal, progress } = options;
  const plan = planOf(runOf(cell, repetition));
  const { path: qemu, version } = await needQemu(options.qemu);
  await checkMemory([plan.program.memoryBytes]);
  const load = loadavg()[0]!;
  const scratch = await Scratch.make();
  try {
    const link = plan.link && new Link(plan.link.bytesPerSecond, plan.link.latencySeconds);
    const settings = { qemu, accelerator: 'tcg', scratch, link, signal, progress, limitSeconds: LIMIT_SECONDS } as const;
    const migration = await Migration.prepare(plan, settings);
    try {
      const observed = await migration.run();
      const report = reportOf(plan, observed);
      return {
        cell,
        repetition,
        at: new Date().toISOString(),
        qemu: version,
        load,
        cores: availableParallelism(),
        rateBefore: observed.undisturbedRate,
        rateDuring: rateDuring(observed),
        linkDuring: linkDuring(observed, cell) ?? cell.linkBytesPerSecond,
        writtenBefore: Math.round(observed.source.at(observed.startedAt)),
        guestPages: pagesOf(observed),
        stateBytes: report.transferredParts.stateBytes,
        ...ownDowntimeOf(observed),
        real: outcomeOf(report),
      };
    } finally {
      await migration.close();
    }
  } finally {
    await scratch.remove();
  }
}

/** Page writes per second from the start of the migration until the guest stopped; what it was before if that was at once. */
function rateDuring({ source, startedAt, undisturbedRate }: Observations): number {
  const last = source.lastUpTo(Infinity) ?? startedAt;
  const shortest = 0.01;
  return last - startedAt > shortest ? (source.at(last) - source.at(startedAt)) / (last - startedAt) : undisturbedRate;
}

function pagesOf({ polls }: Observations): number {
  return Math.max(...polls.map(({ info }) => info.ram?.total ?? 0)) / PAGE_SIZE;
}

function ownDowntimeOf({ polls }: Observations): Pick<Measurement, 'ownDowntimeSeconds'> {
  const downtime = polls.at(-1)?.info.downtime;
  return downtime === undefined ? {} : { ownDowntimeSeconds: downtime / 1000 };
}

/** The first bytes fill sockets, which tells nothing of the link: bytes. */
const IN_SOCKETS = 2 ** 20;
/** Shorter than this, a moment's delay would count for too much: seconds. */
const SHORTEST_PASS = 0.5;

/**
 * Bytes per second from when the sockets were full to when the dirty bitmap was read for the second time; post-copy reads it
 * at its start, and sends all pages in one pass.
 */
function linkDuring({ polls, syncs }: Observations, { technique }: Cell): number | undefined {
  const passOver = technique === 'post-copy' ? Infinity : (syncs[1] ?? Infinity);
  const sent = polls
    .map(({ hostSeconds, info }) => ({ seconds: hostSeconds, bytes: info.ram?.transferred ?? 0 }))
    .filter(({ seconds, bytes }) => bytes >= IN_SOCKETS && seconds <= passOver);
  const [first, last] = [sent[0], sent.at(-1)];
  if (!first || !last || last.seconds - first.seconds < SHORTEST_PASS) return undefined;
  return (last.bytes - first.bytes) / (last.seconds - first.seconds);
}
