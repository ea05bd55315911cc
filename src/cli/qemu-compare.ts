import { stat } from 'node:fs/promises';
import { tableMarkdown, tableText } from '../lab/present/table';
import type { Table } from '../protocol/outputs';
import { nameOf } from '../qemu/compare/cell';
import { comparisonChart } from '../qemu/compare/chart';
import { compare, type Comparison } from '../qemu/compare/comparison';
import { FULL, QUICK } from '../qemu/compare/matrix';
import { measure } from '../qemu/compare/measure';
import type { Measurement } from '../qemu/compare/outcome';
import { addResult, readResults, tasksLeft } from '../qemu/compare/raw-results';
import { simulated } from '../qemu/compare/simulated';
import { cellTable, summaryTables, verdictText } from '../qemu/compare/tables';
import { needQemu } from '../qemu/host';
import { QemuError } from '../qemu/qemu-error';
import { HostError, UsageError } from './exit';
import { OutputFile } from './output-file';
import { print, printJson } from './printed';
import { ProgressLine } from './progress-line';
import { interruptible } from './signals';
import { whyNotRead, whyNotWritten } from './system-words';

export interface QemuCompareOptions {
  json?: true;
  /** GitHub's Markdown instead of columns for a terminal. */
  markdown?: true;
  quick?: true;
  repetitions: number;
  /** Raw results: read, and added to. */
  results?: string;
  /** Where the chart goes, an SVG. */
  chart?: string;
  /** Measure nothing: compare what the file of results holds. */
  measure: boolean;
  qemu?: string;
}

/** `vmlab qemu compare`: a matrix of experiments in both worlds, and by how much the simulator is off. */
export async function qemuCompare(options: QemuCompareOptions): Promise<void> {
  const { results, measure: measures, chart: chartPath } = options;
  if (!measures && results === undefined) throw new UsageError('there is nothing to compare: name a file with --results.');
  const inputs: Record<string, string> = results === undefined ? {} : { 'the file of --results': results };
  // What cannot be written is said before anything is measured for it.
  const chart = chartPath === undefined ? undefined : await OutputFile.at(chartPath, { option: '--chart', inputs });
  const done = results === undefined ? [] : await resultsIn(results, measures);
  const { measured, failure } = measures ? await interruptible((signal) => measureAll(options, done, signal)) : { measured: [] };
  const measurements = [...done, ...measured];
  if (measurements.length === 0) throw failure ?? new UsageError(`${results}: this file holds no results.`);
  const comparison = comparisonOf(measurements, results);
  if (options.json) printJson(comparison);
  else print(textOf(comparison, options.markdown ? markdown : plain));
  chart?.write(comparisonChart(comparison));
  await chart?.finish();
  if (failure) throw failure;
}

async function resultsIn(file: string, isAddedTo: boolean): Promise<Measurement[]> {
  if (file === '') throw new UsageError('--results needs the name of a file, and this one is empty.');
  const there = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && isAddedTo) return undefined;
    throw new UsageError(`${file}: ${whyNotRead(error)}.`);
  });
  if (there && !there.isFile()) throw new UsageError(`${file}: this is no file; --results needs one.`);
  // Looked at only: what is there is added to, and stays.
  if (isAddedTo) await OutputFile.at(file, { option: '--results' });
  try {
    return await readResults(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file}: this is no file of results: ${error.message}.`);
    throw new UsageError(`${file}: ${whyNotRead(error)}.`);
  }
}

/** A file may look like results and still hold what no experiment does. */
function comparisonOf(measurements: readonly Measurement[], results: string | undefined): Comparison {
  try {
    return compare(measurements.map((measurement) => ({ measurement, simulated: simulated(measurement) })));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${results}: this file holds a measurement that is none: ${error.message}`);
  }
}

/** What was measured, and why there is not more of it, if something failed. */
interface Measured {
  measured: Measurement[];
  failure?: HostError;
}

async function measureAll(options: QemuCompareOptions, done: readonly Measurement[], signal: AbortSignal): Promise<Measured> {
  const line = new ProgressLine(process.stderr);
  const tasks = tasksLeft(options.quick ? QUICK : FULL, options.repetitions, done);
  const measured: Measurement[] = [];
  try {
    if (tasks.length > 0) await needQemu(options.qemu);
    for (const [i, { cell, repetition }] of tasks.entries()) {
      line.tell(`${i + 1} of ${tasks.length}: ${nameOf(cell)}`);
      const measurement = await measure(cell, repetition, { signal, qemu: options.qemu });
      measured.push(measurement);
      if (options.results !== undefined) await keep(options.results, measurement);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof QemuError || error instanceof HostError) return { measured, failure: new HostError(error.message) };
    throw error;
  } finally {
    line.clear();
  }
  return { measured };
}

async function keep(file: string, measurement: Measurement): Promise<void> {
  await addResult(file, measurement).catch((error: unknown) => {
    throw new HostError(`${file} could not be written: ${whyNotWritten(error)}.`);
  });
}

const plain = (table: Table): string => `${table.caption}\n\n${tableText(table)}`;
const markdown = (table: Table): string => `**${table.caption}**\n\n${tableMarkdown(table)}`;

function textOf(comparison: Comparison, write: (table: Table) => string): string {
  const tables = [cellTable(comparison), ...summaryTables(comparison)];
  return [...tables.map(write), verdictText(comparison)].join('\n\n');
}
