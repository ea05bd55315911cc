import type { Report } from '../../report';
import { PAGE_SIZE } from '../../scenario';

/** The answer to QMP's `query-migrate`: names, units and shape of `MigrationInfo` (qapi/migration.json). */
export interface QueryMigrate {
  status: 'completed' | 'active' | 'failed' | 'cancelled' | 'postcopy-active' | 'postcopy-paused';
  'error-desc'?: string;
  /** Milliseconds, like the next two. */
  'total-time'?: number;
  'setup-time'?: number;
  downtime?: number;
  ram?: QueryMigrateRam;
  'xbzrle-cache'?: QueryMigrateXbzrle;
}

/** `MigrationStats`: bytes, but `normal` and `duplicate` count pages, `mbps` is Mbit/s. */
export interface QueryMigrateRam {
  transferred: number;
  remaining: number;
  total: number;
  /** Pages of zeros. */
  duplicate: number;
  normal: number;
  'normal-bytes': number;
  mbps: number;
  'dirty-sync-count': number;
  'postcopy-requests': number;
  'page-size': number;
  'precopy-bytes': number;
  'downtime-bytes': number;
  'postcopy-bytes': number;
}

/** `XBZRLECacheStats`: bytes, bytes of the differences, pages. */
export interface QueryMigrateXbzrle {
  'cache-size': number;
  bytes: number;
  pages: number;
  'cache-miss': number;
  overflow: number;
}

/**
 * A report as QEMU would have told it at the end of the migration, so that the same tools read both.
 *
 * Left out, because a simulation does not know it: rates of the last window (`pages-per-second`, `dirty-pages-rate`,
 * `cache-miss-rate`, `encoding-rate`, `expected-downtime`) and `multifd-bytes`. `ram.transferred` is 4104 bytes for each
 * normal page and 9 for each page of zeros, as long as nothing else encodes pages; real QEMU adds some hundred bytes
 * (names of memory blocks, end marks, discard commands), 166 to 2173 in 1,154 real migrations. As in QEMU, a migration
 * that failed or was cancelled tells no more than that.
 */
export function queryMigrate(report: Report): QueryMigrate {
  const status = statusOf(report);
  if (status === 'cancelled') return { status };
  if (status === 'failed') return { status, ...(report.broken && { 'error-desc': report.broken.message }) };
  const xbzrle = xbzrleOf(report);
  return {
    status,
    'total-time': milliseconds(report.totalSeconds),
    'setup-time': milliseconds(report.setupSeconds),
    ...(handedOver(report) && { downtime: milliseconds(report.downtimeSeconds) }),
    ram: ramOf(report, status === 'completed'),
    ...(xbzrle && { 'xbzrle-cache': xbzrle }),
  };
}

function statusOf(report: Report): QueryMigrate['status'] {
  if (report.aborted !== undefined) return 'cancelled';
  if (report.broken) return report.broken.outcome === 'failed' ? 'failed' : 'postcopy-paused';
  if (!handedOver(report)) return 'active';
  return report.residualPages > 0 ? 'postcopy-active' : 'completed';
}

function handedOver({ timeline }: Report): boolean {
  return timeline.resumedAtSeconds !== undefined;
}

function ramOf(report: Report, completed: boolean): QueryMigrateRam {
  const { pagesByEncoding, pagesBytesByPhase, transferredParts, totalSeconds, setupSeconds, timeline } = report;
  const bits = 8 * (transferredParts.pagesBytes + transferredParts.stateBytes);
  const seconds = totalSeconds - setupSeconds;
  return {
    transferred: transferredParts.pagesBytes,
    remaining: completed ? 0 : PAGE_SIZE * (handedOver(report) ? report.residualPages : timeline.pagesRemaining.at(-1)!),
    total: PAGE_SIZE * report.guestPages,
    duplicate: pagesByEncoding.zero,
    normal: pagesByEncoding.full,
    'normal-bytes': PAGE_SIZE * pagesByEncoding.full,
    mbps: seconds > 0 ? bits / seconds / 1e6 : 0,
    'dirty-sync-count': report.tracking.syncs,
    'postcopy-requests': report.networkFaults,
    'page-size': PAGE_SIZE,
    'precopy-bytes': pagesBytesByPhase.preparation,
    'downtime-bytes': pagesBytesByPhase.downtime,
    'postcopy-bytes': pagesBytesByPhase.resume,
  };
}

function xbzrleOf({ xbzrle }: Report): QueryMigrateXbzrle | undefined {
  return (
    xbzrle && {
      'cache-size': PAGE_SIZE * xbzrle.cachePages,
      bytes: xbzrle.bytes,
      pages: xbzrle.pages,
      'cache-miss': xbzrle.misses,
      overflow: xbzrle.overflows,
    }
  );
}

function milliseconds(seconds: number): number {
  return Math.round(1000 * seconds);
}
