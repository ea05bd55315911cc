import type { FailedRun } from '../lab/present/failed-runs';
import type { Failure } from '../protocol/failure';
import { HostError, UsageError } from './exit';

/** A failed run as a line of JSON among those of the others. */
export function failedDocument({ technique, point, failure }: FailedRun): object {
  return { technique, failed: failure.message, ...(Object.keys(point).length > 0 && { point }) };
}

/** The same as QEMU would answer (qapi/migration.json: `status`, `error-desc`). */
export function failedQueryMigrate({ failure }: FailedRun): object {
  return { status: 'failed', 'error-desc': failure.message };
}

/** Ends a command whose results are printed already, if there are failed runs: each reason is told once. */
export function throwFailures(failures: readonly Failure[]): void {
  if (failures.length === 0) return;
  const Blamed = failures.some(({ blame }) => blame === 'infra') ? HostError : UsageError;
  throw new Blamed(...new Set(failures.map(({ message }) => message)));
}
