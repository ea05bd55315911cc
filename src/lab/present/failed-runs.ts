import type { Failure } from '../../protocol/failure';
import type { Exhibit, ReportOutput } from '../../protocol/outputs';
import { list, plural } from '../../protocol/quantities';
import { WORLD_NAMES } from '../../protocol/world-words';
import { nameOf, type Run, type World } from '../experiment';

/** A run that could not be made, and its place among all. */
export interface FailedRun {
  /** Its row in the table of all runs, from 0. */
  readonly row: number;
  readonly technique: string;
  readonly point: Readonly<Record<string, string>>;
  readonly world: World;
  readonly failure: Failure;
}

export function failedRun(row: number, { technique, point }: Run, failure: Failure, world: World): FailedRun {
  return { row, technique: nameOf(technique), point, world, failure };
}

/** What the other runs show, and a row for each that failed. `failed` is in the document's order. */
export function withFailed(output: ReportOutput, failed: readonly FailedRun[]): ReportOutput {
  if (failed.length === 0) return output;
  const { finding, table } = output.overview;
  const rows = [...table.rows];
  for (const each of failed) rows.splice(each.row, 0, rowOf(each, table));
  const all = plural(rows.length, 'run');
  const told = `${failed.length} of ${all} could not be made; the table says why.`;
  return { ...output, overview: { finding: `${finding} ${told}`, table: { ...table, rows } } };
}

/** Why runs failed, each reason once, in sentences for those who do not unfold the table. */
export function reasonsOf(failed: readonly FailedRun[]): string[] {
  const messages = new Set(failed.map(({ failure }) => failure.message));
  return [...messages].map((message) => {
    const alike = failed.filter(({ failure }) => failure.message === message);
    const techniques = [...new Set(alike.map(({ technique }) => technique))];
    // What is wrong in a strategy has its place in the sentence.
    if (message.startsWith(`${techniques[0]}:`)) return message;
    return `${list(techniques)} could not be run${onQemu(alike[0]!.world)}: ${message}`;
  });
}

function rowOf({ technique, point, world, failure }: FailedRun, { columns }: Exhibit['table']): string[] {
  const outcome = `not made${onQemu(world)}: ${failure.message}`;
  const known: Readonly<Record<string, string>> = { ...point, Technique: technique, World: WORLD_NAMES[world], Outcome: outcome };
  return columns.map(({ title }) => known[title] ?? '–');
}

function onQemu(world: World): string {
  return world === 'qemu' ? ' on QEMU' : '';
}
