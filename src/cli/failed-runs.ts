import type { Exhibit, ReportOutput } from '../protocol/outputs';
import { plural } from '../protocol/quantities';
import { HostError, UsageError } from './exit';
import type { Failure } from './forgiving-worker';

/** A run that could not be made, and its place among all. */
export interface FailedRun {
  /** Numbered from 0, in the document's order. */
  readonly run: number;
  readonly technique: string;
  readonly point: Readonly<Record<string, string>>;
  readonly failure: Failure;
}

/** A failed run as a line of JSON among those of the others. */
export function failedDocument({ technique, point, failure }: FailedRun): object {
  return { technique, failed: failure.message, ...(Object.keys(point).length > 0 && { point }) };
}

/** The same as QEMU would answer (qapi/migration.json: `status`, `error-desc`). */
export function failedQueryMigrate({ failure }: FailedRun): object {
  return { status: 'failed', 'error-desc': failure.message };
}

/** What the other runs show, and a row for each that failed. `failed` is in the document's order. */
export function withFailed(output: ReportOutput, failed: readonly FailedRun[]): ReportOutput {
  if (failed.length === 0) return output;
  const { finding, table } = output.overview;
  const rows = [...table.rows];
  for (const each of failed) rows.splice(each.run, 0, rowOf(each, table));
  const all = plural(rows.length, 'run');
  const told = `${failed.length} of ${all} could not be made; the table says why.`;
  return { ...output, overview: { finding: `${finding} ${told}`, table: { ...table, rows } } };
}

function rowOf({ technique, point, failure }: FailedRun, { columns }: Exhibit['table']): string[] {
  const known: Readonly<Record<string, string>> = { ...point, Technique: technique, Outcome: `not made: ${failure.message}` };
  return columns.map(({ title }) => known[title] ?? '–');
}

/** Ends a command whose results are printed already, if there are failed runs: each reason is told once. */
export function throwFailures(failures: readonly Failure[]): void {
  if (failures.length === 0) return;
  const Blamed = failures.some(({ blame }) => blame === 'infra') ? HostError : UsageError;
  throw new Blamed(...new Set(failures.map(({ message }) => message)));
}
