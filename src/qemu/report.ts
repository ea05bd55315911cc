import type { DowntimeParts, LostWork, PagesByEncoding, Report, Round } from '../engine/report';
import { PAGE_SIZE } from '../engine/scenario';
import { ENGINE_VERSION } from '../engine/version';
import type { Plan } from './mapping';
import type { Observations } from './observations';
import { pagesIn, type MigrationInfo } from './query-migrate';
import { courseOf, share, throughputOf, timelineOf, type Course, type Span } from './timeline';

/** A whole page in the stream: its header is of 8 bytes (migration/ram.c: save_page_header). */
const WIRE_BYTES = PAGE_SIZE + 8;

/**
 * What was seen of a real migration, as a report of the same shape as the simulator's. Times are by the clock outside:
 * the guest stood still from its last heartbeat at the source to its first at the destination, whatever QEMU says of it.
 *
 * What reality does not tell: `faultStallSeconds` is QEMU's `postcopy-blocktime` and 0 if it has none; `firstWrites`,
 * `exits` and CPU times are 0. `pagesRemaining` is what QEMU knew, and counts its own
 * memory, too: the firmware's, some hundred pages. What the downtime went to is what its bytes take at
 * the link's speed, and the rest is waiting.
 */
export function reportOf(plan: Plan, observed: Observations): Report {
  const { scenario } = plan;
  const info = lastAnswer(observed);
  const guestPages = plan.program.memoryBytes / PAGE_SIZE;
  const arrived = observed.outcome.kind === 'arrived';
  const span = spanOf(observed);
  const totalSeconds = totalOf(observed, span);
  const preparationSeconds = span.pausedAt ?? totalSeconds;
  const downtimeSeconds = span.pausedAt === undefined ? 0 : (span.resumedAt ?? totalSeconds) - span.pausedAt;
  const course = courseOf(observed, (info.ram?.total ?? plan.program.memoryBytes) / PAGE_SIZE);
  const pagesSent = pagesIn(info);
  const bytes = bytesOf(info, observed.linkBytes);
  const finalPages = finalPagesOf(plan, info, course, span);
  const throughput = throughputOf(observed, totalSeconds, span, arrived);
  const { linkBytes = bytes.pages } = observed;
  return {
    technique: plan.name,
    converged: arrived && !observed.forced,
    ...outcomeOf(observed),
    rounds: roundsOf(observed, course, span, totalSeconds),
    setupSeconds: (info['setup-time'] ?? 0) / 1000,
    preparationSeconds,
    downtimeSeconds,
    downtimeParts: downtimePartsOf(downtimeSeconds, bytes.byPhase.downtime, linkBytes - bytes.pages, plan),
    resumeSeconds: totalSeconds - preparationSeconds - downtimeSeconds,
    totalSeconds,
    pagesSent,
    pagesByEncoding: encodingsOf(info),
    pagesSkipped: 0,
    finalPages,
    transferredBytes: linkBytes,
    transferredParts: { pagesBytes: bytes.pages, stateBytes: linkBytes - bytes.pages, storageBytes: 0 },
    pagesBytesByPhase: bytes.byPhase,
    ...xbzrleOf(info),
    networkFaults: info.ram?.['postcopy-requests'] ?? 0,
    faultStallSeconds: (observed.destination['postcopy-blocktime'] ?? 0) / 1000,
    residualPages: arrived || span.resumedAt === undefined ? 0 : Math.round((info.ram?.remaining ?? 0) / PAGE_SIZE),
    throughput,
    lostWork: lostWorkOf(plan, observed, span, totalSeconds),
    tracking: {
      mechanism: 'QEMU',
      syncs: info.ram?.['dirty-sync-count'] ?? observed.syncs.length,
      syncSeconds: 0,
      firstWrites: 0,
      exits: 0,
      stallSeconds: 0,
    },
    sendCpuSeconds: 0,
    timeline: timelineOf(observed, course, totalSeconds, span),
    violations: [],
    notes: [],
    guestPages,
    linkBytesPerSecond: scenario.link.bytesPerSecond,
    downtimeLimitSeconds: scenario.downtimeLimit,
    seed: scenario.seed,
    engine: ENGINE_VERSION,
  };
}

/** The last answer with figures: a migration that failed or was cancelled tells none in the end. */
function lastAnswer({ polls }: Observations): MigrationInfo {
  return [...polls].reverse().find(({ info }) => info.ram)?.info ?? {};
}

function spanOf({ startedAt, stoppedAt, source, atDestination, outcome }: Observations): Span {
  const resumedAt = atDestination.first;
  if (resumedAt !== undefined) return { pausedAt: since(startedAt, source.last), resumedAt: resumedAt - startedAt };
  if (stoppedAt === undefined || outcome.kind === 'failed') return {};
  return { pausedAt: since(startedAt, stoppedAt) };
}

function since(startedAt: number, time = startedAt): number {
  return Math.max(0, time - startedAt);
}

/** To where the destination needs nothing of the source any more, and runs. */
function totalOf({ startedAt, endedAt, atDestination }: Observations, { resumedAt = 0 }: Span): number {
  const ended = endedAt - startedAt;
  // A stopped guest is only started when its migration has ended; in pre-copy we may notice the end a little late.
  return atDestination.first === undefined ? ended : Math.max(ended, resumedAt);
}

function outcomeOf({ outcome }: Observations): Pick<Report, 'aborted' | 'broken'> {
  if (outcome.kind === 'arrived') return {};
  return outcome.kind === 'late' ? { aborted: outcome.message } : { broken: { outcome: outcome.kind, message: outcome.message } };
}

/** Between two readings of the bitmap, while the guest ran at the source. */
function roundsOf({ syncs, startedAt }: Observations, { sent, found }: Course, span: Span, total: number): Round[] {
  const end = span.pausedAt ?? total;
  const times = [0, ...syncs.map((time) => time - startedAt).slice(1).filter((time) => time < end), end];
  const rounds: Round[] = [];
  for (let i = 1; i < times.length; i++) {
    const [from, to] = [times[i - 1]!, times[i]!];
    const pages = Math.round(sent.at(to)) - Math.round(sent.at(from));
    if (to > from && pages > 0) {
      // The reading at its end found them; it shows in the next answer only.
      const dirtied = Math.round(found.at(nextAfter(found.times, to)) - found.at(nextAfter(found.times, from)));
      rounds.push({ pages, seconds: to - from, dirtied });
    }
  }
  return rounds;
}

function nextAfter(times: readonly number[], time: number): number {
  return time === 0 ? 0 : (times.find((each) => each > time) ?? time);
}

interface Bytes {
  pages: number;
  byPhase: Report['pagesBytesByPhase'];
}

/**
 * By QEMU's own count, unless less went over the link: QEMU counts what it hands to its sockets, also what was lost with
 * them, and compressed pages of multifd a little too high. Bytes of multifd are in `transferred`, but in none of the phases.
 */
function bytesOf({ ram }: MigrationInfo, linkBytes = Infinity): Bytes {
  const pages = Math.min(ram?.transferred ?? 0, linkBytes);
  const resume = Math.min(pages, ram?.['postcopy-bytes'] ?? 0);
  const downtime = Math.min(pages - resume, ram?.['downtime-bytes'] ?? 0);
  return { pages, byPhase: { preparation: pages - downtime - resume, downtime, resume } };
}

/** Whole pages, if no encoding makes them shorter; otherwise what QEMU had not sent when it was asked last. */
function finalPagesOf({ stopsFirst, postcopyAfterSyncs, capabilities }: Plan, info: MigrationInfo, { sent }: Course, { pausedAt }: Span): number {
  if (stopsFirst) return pagesIn(info);
  if (pausedAt === undefined || (postcopyAfterSyncs !== undefined && (info.ram?.['postcopy-bytes'] ?? 0) > 0)) return 0;
  const isShortened = ['xbzrle', 'compress', 'multifd'].some((each) => capabilities.includes(each));
  if (isShortened) return Math.max(0, Math.round(pagesIn(info) - sent.at(pausedAt)));
  return Math.round((info.ram?.['downtime-bytes'] ?? 0) / WIRE_BYTES);
}

function downtimePartsOf(downtime: number, pagesBytes: number, stateBytes: number, { link }: Plan): DowntimeParts {
  let left = downtime;
  const take = (seconds: number) => {
    const taken = Math.min(left, Math.max(0, seconds));
    left -= taken;
    return taken;
  };
  const latencySeconds = take(link?.latencySeconds ?? 0);
  const pagesSeconds = take(link ? pagesBytes / link.bytesPerSecond : 0);
  const stateSeconds = take(link ? stateBytes / link.bytesPerSecond : 0);
  return { pagesSeconds, stateSeconds, latencySeconds, waitingSeconds: left };
}

function encodingsOf({ ram, 'xbzrle-cache': xbzrle, compression }: MigrationInfo): PagesByEncoding {
  return {
    full: ram?.normal ?? 0,
    zero: ram?.duplicate ?? 0,
    ...(xbzrle && { xbzrle: xbzrle.pages - xbzrle.overflow }),
    ...(compression && { compressed: compression.pages }),
  };
}

function xbzrleOf({ 'xbzrle-cache': cache }: MigrationInfo): Pick<Report, 'xbzrle'> {
  if (!cache) return {};
  const { pages, bytes, overflow: overflows } = cache;
  return { xbzrle: { cachePages: cache['cache-size'] / PAGE_SIZE, pages, bytes, misses: cache['cache-miss'], overflows } };
}

/** What was lost while it ran at the source is the throttle's if there was one; otherwise this computer's cores were short. */
function lostWorkOf({ capabilities }: Plan, observed: Observations, { pausedAt, resumedAt }: Span, total: number): LostWork {
  const paused = pausedAt ?? total;
  const atSource = paused * (1 - share(observed, 0, paused));
  const isThrottled = capabilities.includes('auto-converge');
  const resumed = resumedAt ?? total;
  return {
    pausedSeconds: resumed - paused,
    throttledSeconds: isThrottled ? atSource : 0,
    trackingSeconds: isThrottled ? 0 : atSource,
    balloonSeconds: 0,
    faultsSeconds: (total - resumed) * (1 - share(observed, resumed, total)),
  };
}
