import { reasonsOf, type FailedRun } from '../lab/present/failed-runs';
import { HostError, UsageError } from './exit';

/** A failed run as a line of JSON among those of the others. */
export function failedDocument({ technique, point, failure }: FailedRun): object {
  return { technique, failed: failure.message, ...(Object.keys(point).length > 0 && { point }) };
}

/** The same as QEMU would answer (qapi/migration.json: `status`, `error-desc`). */
export function failedQueryMigrate({ failure }: FailedRun): object {
  return { status: 'failed', 'error-desc': failure.message };
}

/** Ends a command whose results are printed already, if there are failed runs. */
export function throwFailures(failed: readonly FailedRun[]): void {
  if (failed.length === 0) return;
  const Blamed = failed.some(({ failure }) => failure.blame === 'infra') ? HostError : UsageError;
  throw new Blamed(...reasonsOf(failed));
}
