import { writeFile } from 'node:fs/promises';
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
import { HostError, Interrupted, UsageError } from './exit';
import { ProgressLine } from './progress-line';

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
  const done = await resultsIn(options.results);
  const measurements = options.measure ? [...done, ...(await interruptible((signal) => measureAll(options, done, signal)))] : done;
  if (measurements.length === 0) throw new UsageError('there is nothing to compare: name a file with --results.');
  const comparison = compare(measurements.map((measurement) => ({ measurement, simulated: simulated(measurement) })));
  if (options.chart !== undefined) await writeFile(options.chart, comparisonChart(comparison));
  console.log(options.json ? JSON.stringify(comparison) : textOf(comparison, options.markdown ? markdown : plain));
}

async function resultsIn(file: string | undefined): Promise<Measurement[]> {
  if (file === undefined) return [];
  try {
    return await readResults(file);
  } catch (error) {
    throw new UsageError(`${file} is no file of results: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

async function measureAll(options: QemuCompareOptions, done: readonly Measurement[], signal: AbortSignal): Promise<Measurement[]> {
  const line = new ProgressLine(process.stderr);
  const tasks = tasksLeft(options.quick ? QUICK : FULL, options.repetitions, done);
  const measurements: Measurement[] = [];
  try {
    if (tasks.length > 0) await needQemu(options.qemu);
    for (const [i, { cell, repetition }] of tasks.entries()) {
      line.tell(`${i + 1} of ${tasks.length}: ${nameOf(cell)}`);
      const measurement = await measure(cell, repetition, { signal, qemu: options.qemu });
      if (options.results !== undefined) await addResult(options.results, measurement);
      measurements.push(measurement);
    }
  } catch (error) {
    throw error instanceof QemuError ? new HostError(error.message) : error;
  } finally {
    line.clear();
  }
  return measurements;
}

const plain = (table: Table): string => `${table.caption}\n\n${tableText(table)}`;
const markdown = (table: Table): string => `**${table.caption}**\n\n${tableMarkdown(table)}`;

function textOf(comparison: Comparison, write: (table: Table) => string): string {
  const tables = [cellTable(comparison), ...summaryTables(comparison)];
  return [...tables.map(write), verdictText(comparison)].join('\n\n');
}

/** Ctrl-C ends the work and everything that it started; what was measured is in the file of results. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new Interrupted());
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupt);
  try {
    return await work(abort.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupt);
  }
}
