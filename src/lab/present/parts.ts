import type { Report } from '../../engine/report';
import type { Exhibit } from '../../protocol/outputs';
import { bytes, capital, count, list, plural, seconds, share } from '../../protocol/quantities';
import { nameInWorld } from '../../protocol/world-words';
import { pointText, type RunReport } from './findings';
import { tableOf, type Column } from './table';
import { worldOf, worldsIn } from './worlds';

/** A part of a figure: `Downtime: sending pages`, and how much. */
export interface Part {
  readonly figure: string;
  readonly name: string;
  readonly value: number;
  write(value: number): string;
}

/** Where the downtime went; parts that are nothing are left out. */
export function downtimeParts(report: Report): Part[] {
  return partsOfDowntime(report).filter(({ value }) => value > 0);
}

function partsOfDowntime({ downtimeParts: parts }: Report): Part[] {
  return partsOf('Downtime', seconds, [
    ['reading the dirty bitmap', parts.trackingSeconds],
    ['requests to the disk', parts.storageSeconds],
    ['sending pages', parts.pagesSeconds],
    ['sending vCPU and device state', parts.stateSeconds],
    ['the last byte on its way', parts.latencySeconds],
    ['waiting', parts.waitingSeconds],
  ]);
}

/** Every figure of a report in its parts, always the same ones in the same order. */
export function reportParts(report: Report): Part[] {
  const { pagesByEncoding, pagesBytesByPhase, transferredParts, lostWork, faultLatency, tracking, xbzrle, client } = report;
  const costly = tracking.mechanism !== 'none';
  // With a single vCPU its stalls are the guest's, and are told once.
  const unlike = (value: number, told: number) => (Math.abs(value - told) > 1e-9 * value ? value : 0);
  return [
    ...partsOf('Total time', seconds, [
      ['connecting', report.setupSeconds],
      ['before the pause', report.preparationSeconds - report.setupSeconds],
      ['while the guest is paused', report.downtimeSeconds],
      ['after the hand-over', report.resumeSeconds],
    ]),
    ...partsOf('Source host', seconds, [['can be freed after', evictionApart(report)]]),
    ...partsOfDowntime(report),
    ...partsOf('Pages sent', count, [
      ['in full', pagesByEncoding.full],
      ['as the mark of a zero page', pagesByEncoding.zero],
      ['as a difference', pagesByEncoding.xbzrle],
      ['compressed', pagesByEncoding.compressed],
      ['as a reference to the same content', pagesByEncoding.duplicate],
    ]),
    ...partsOf('Pages not sent', count, [['dirty again when their turn came', report.pagesSkipped]]),
    ...partsOf('Data sent', bytes, [
      ['pages, before the pause', pagesBytesByPhase.preparation],
      ['pages, while the guest is paused', pagesBytesByPhase.downtime],
      ['pages, after the hand-over', pagesBytesByPhase.resume],
      ['vCPU and device state', transferredParts.stateBytes],
      ['disk', transferredParts.storageBytes],
    ]),
    ...partsOf('Work lost', seconds, [
      ['paused', lostWork.pausedSeconds],
      ['throttled', lostWork.throttledSeconds],
      ['tracking of dirty pages', lostWork.trackingSeconds],
      ['swapping for a balloon', lostWork.balloonSeconds],
      ['waiting for pages', lostWork.faultsSeconds],
    ]),
    ...partsOf('Waiting for pages', seconds, [
      ['all vCPUs together', unlike(report.faultStallSeconds, lostWork.faultsSeconds)],
    ]),
    ...partsOf('Network faults', seconds, [
      ['half are over within', faultLatency?.medianSeconds],
      ['99 % are over within', faultLatency?.p99Seconds],
      ['the longest takes', faultLatency?.longestSeconds],
    ]),
    ...partsOf('Tracking', count, [
      ['readings of the dirty bitmap', costly ? tracking.syncs : 0],
      ['first writes that stalled', tracking.firstWrites],
      ['exits because a log was full', tracking.exits],
    ]),
    ...partsOf('Tracking', seconds, [
      ["the migration thread's time", tracking.syncSeconds],
      ['stalls, all vCPUs together', unlike(tracking.stallSeconds, lostWork.trackingSeconds)],
    ]),
    ...partsOf('CPU of the source', seconds, [['zero pages, encoding and copying', report.sendCpuSeconds]]),
    ...partsOf('Cache of sent pages', count, [
      ['pages found', xbzrle?.pages],
      ['pages not found', xbzrle?.misses],
      ['differences larger than the page', xbzrle?.overflows],
    ]),
    ...partsOf('Seen by the client', seconds, [
      ['outage', outageSeconds(report)],
      ['outage, as all vCPUs waited for pages', client?.outageBecause === 'missing-pages' ? outageSeconds(report) : 0],
      ['standstill of its connection', client && (client.tcpStallSeconds ?? Infinity)],
    ]),
    ...partsOf('Seen by the client', count, [
      ['probes lost', client?.probesLost],
      ['connections given up', client?.tcpSurvives === false ? 1 : 0],
    ]),
  ];
}

/** The longest time in which the guest answered nobody; Infinity if it never answers again, 0 if nobody looked. */
export function outageSeconds({ client }: Report): number {
  return client ? (client.outageSeconds ?? Infinity) : 0;
}

/** The eviction time, if it is another than the total time to anybody who reads three digits; otherwise nothing. */
function evictionApart({ evictionSeconds = 0, totalSeconds }: Report): number {
  return totalSeconds - evictionSeconds > 0.01 * totalSeconds ? evictionSeconds : 0;
}

/** The parts of every figure, a column for each run. Parts that are nothing everywhere are left out. */
export function partsExhibit(runs: readonly RunReport[]): Exhibit {
  const columns = runs.map(({ report }) => reportParts(report));
  const rows = (columns[0] ?? []).flatMap(({ figure, name }, i) => {
    const parts = columns.map((column) => column[i]!);
    return parts.some(({ value }) => value > 0) ? [{ title: `${figure}: ${name}`, parts }] : [];
  });
  const mixed = worldsIn(runs).length > 1;
  const oneTechnique = new Set(runs.map(({ report }) => report.technique)).size === 1;
  const table = tableOf('Parts of each figure', rows, [
    { title: 'Part', cell: ({ title }) => title },
    ...runs.map((run, i): Column<(typeof rows)[number]> => ({
      title: runs.length === 1 ? 'Value' : nameInWorld((oneTechnique && pointText(run)) || run.label, mixed ? worldOf(run) : undefined),
      numeric: true,
      cell: ({ parts }) => (parts[i]!.value > 0 ? parts[i]!.write(parts[i]!.value) : ''),
    })),
  ]);
  return { finding: partsFinding(runs), table };
}

/** What takes the longest in each downtime. */
function partsFinding(runs: readonly RunReport[]): string {
  const labels = new Map<string, string[]>();
  const mixed = worldsIn(runs).length > 1;
  for (const { report, label } of runs) {
    const [longest] = downtimeParts(report).sort((a, b) => b.value - a.value);
    if (longest) labels.set(longest.name, [...(labels.get(longest.name) ?? []), label]);
  }
  const [first, ...others] = labels.keys();
  if (first === undefined) return runs.length === 1 ? 'The guest was never paused.' : 'No guest was ever paused.';
  if (runs.length === 1) return `${capital(first)} takes ${shareOfLongest(runs[0]!)} of the downtime.`;
  const is = 'The longest part of the downtime is';
  if (others.length === 0) return `${is} ${first} in each run.`;
  const swept = runs.some(({ point }) => Object.keys(point).length > 0);
  const groups = [...labels].map(([name, of]) => `${name} (${swept || mixed ? plural(of.length, 'run') : list(of)})`);
  return `${is} ${list(groups)}.`;
}

function shareOfLongest({ report }: RunReport): string {
  const longest = Math.max(...downtimeParts(report).map(({ value }) => value));
  return share(longest / report.downtimeSeconds);
}

function partsOf(
  figure: string,
  write: (value: number) => string,
  parts: readonly (readonly [name: string, value: number | undefined])[],
): Part[] {
  return parts.map(([name, value = 0]) => ({ figure, name, value, write }));
}
