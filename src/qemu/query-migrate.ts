/**
 * The answer to `query-migrate`, as far as we read it: `MigrationInfo` (qapi/migration.json, QEMU 7.2). Times in
 * milliseconds; `normal` and `duplicate` are pages, the rest of `ram` bytes. Everything may be missing, at the
 * destination, before the start and in other versions.
 */
export interface MigrationInfo {
  status?: MigrationStatus;
  'error-desc'?: string;
  'total-time'?: number;
  'setup-time'?: number;
  downtime?: number;
  /** Present at the destination if the capability postcopy-blocktime is set. */
  'postcopy-blocktime'?: number;
  'cpu-throttle-percentage'?: number;
  ram?: MigrationRam;
  'xbzrle-cache'?: XbzrleCache;
  compression?: { pages: number; 'compressed-size': number };
}

export type MigrationStatus =
  | 'none'
  | 'setup'
  | 'cancelling'
  | 'cancelled'
  | 'active'
  | 'postcopy-active'
  | 'postcopy-paused'
  | 'postcopy-recover'
  | 'completed'
  | 'failed'
  | 'colo'
  | 'pre-switchover'
  | 'device'
  | 'wait-unplug';

export interface MigrationRam {
  transferred: number;
  remaining: number;
  total: number;
  duplicate: number;
  normal: number;
  mbps?: number;
  'dirty-sync-count': number;
  'postcopy-requests': number;
  'page-size': number;
  'multifd-bytes'?: number;
  'precopy-bytes'?: number;
  'downtime-bytes'?: number;
  'postcopy-bytes'?: number;
}

export interface XbzrleCache {
  'cache-size': number;
  bytes: number;
  pages: number;
  'cache-miss': number;
  overflow: number;
}

/** Nothing comes after these. `postcopy-paused` waits for somebody to repair the link. */
export function hasEnded(status: MigrationStatus | undefined): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/**
 * Page transmissions, however encoded (migration/ram.c: `normal` counts whole pages, also those of multifd; what XBZRLE
 * could not shorten is a whole page, too).
 */
export function pagesIn({ ram, 'xbzrle-cache': xbzrle, compression }: MigrationInfo): number {
  if (!ram) return 0;
  return ram.normal + ram.duplicate + (xbzrle ? xbzrle.pages - xbzrle.overflow : 0) + (compression?.pages ?? 0);
}
