import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { queryMigrate } from '../engine/techniques/hypervisors';
import { expand, parseExperiment, remarksOn, tracesNamedIn, worldsOf, type Experiment, type Problem } from '../lab/experiment';
import { countRuns } from '../lab/experiment/expand';
import type { RunReport } from '../lab/present/findings';
import { reportOutput, reportText } from '../lab/present/report-output';
import { samplingOf } from '../protocol/timeline-words';
import { eventFile } from './event-file';
import { UsageError } from './exit';
import { readInput } from './input';
import { ProgressLine, type Terminal } from './progress-line';
import { sweepInWorkers } from './run-in-worker';

export interface SimulateOptions {
  json?: true;
  seed?: number;
  queryMigrate?: true;
  /** A file, or `-`. */
  trace?: string;
}

/** `vmlab simulate EXPERIMENT`. */
export async function simulate(file: string, options: SimulateOptions): Promise<void> {
  const { seed, trace } = options;
  const text = await readInput(file);
  const { experiment, problems } = parseExperiment(text);
  if (!experiment) throw new UsageError(problems.map((problem) => place(file, problem)).join('\nvmlab: '));
  tellWorld(experiment, file);
  const runs = countRuns(experiment);
  if (trace !== undefined) checkTrace(trace, runs, options);
  const files = await strategyFiles(experiment, file);
  const onEvents = trace === undefined ? undefined : eventFile(trace);
  const kept: RunReport[] = [];
  const printed = printerOf(options);
  const line = new ProgressLine(printed && process.stdout.isTTY ? NOWHERE : process.stderr);
  const endLine = () => line.end();
  // Also when whoever reads the results has read enough.
  process.once('exit', endLine);
  const traces = await traceFiles(experiment);
  const sweep = { experiment: text, files, traces, seed, runs, events: onEvents !== undefined };
  await sweepInWorkers(sweep, {
    onReport: printed ?? ((run) => kept.push(run)),
    onProgress: ({ done, total }) => line.show(done, total),
    onEvents,
  }).finally(endLine);
  const remarks = remarksOn(experiment);
  if (!printed) console.log(textOf(kept, remarks));
  else for (const remark of remarks) console.error(`vmlab: ${remark}`);
}

/** The command says where to run, but the document may have meant another world. */
function tellWorld(experiment: Experiment, file: string): void {
  if (!worldsOf(experiment).includes('qemu')) return;
  console.error(
    `vmlab: this is the simulator; the experiment says \`world: ${experiment.world}\`, and \`vmlab qemu run ${file}\` runs it on QEMU.`,
  );
}

/** How a run is printed as soon as it is there; undefined if all of them are printed together in the end. */
function printerOf({ json, queryMigrate: asQemu, trace }: SimulateOptions): ((run: RunReport) => void) | undefined {
  if (json) return ({ report, point }) => printJson(Object.keys(point).length > 0 ? { ...report, point } : report);
  if (asQemu) return ({ report }) => printJson(queryMigrate(report));
  return trace === '-' ? () => undefined : undefined;
}

function printJson(document: object): void {
  console.log(JSON.stringify(document));
}

function textOf(runs: readonly RunReport[], remarks: readonly string[]): string {
  const text = reportText(reportOutput(runs, remarks));
  const [run, ...others] = runs;
  if (!run || others.length > 0) return text;
  return `${text}\n\n${samplingOf(run.report.timeline)} It is printed with --json.`.replaceAll('\u00a0', ' ');
}

/** Events of several runs would be torn apart and mixed up, and so would events and reports on standard output. */
function checkTrace(trace: string, runs: number, { json, queryMigrate: asQemu }: SimulateOptions): void {
  if (runs > 1) {
    throw new UsageError(
      `--trace follows a single run, and this experiment asks for ${runs}: let it name one technique, and leave \`sweep\` out.`,
    );
  }
  if (trace === '-' && (json || asQemu)) {
    const other = json ? '--json' : '--query-migrate';
    throw new UsageError(`--trace - and ${other} would both write to standard output: give --trace a file.`);
  }
}

/** Results that appear line by line on a terminal are their own progress, and would be torn by another. */
const NOWHERE: Terminal = { write: () => undefined };

/** The sources of the strategies that the experiment names, by the name it uses; found beside the experiment. */
async function strategyFiles(experiment: Experiment, experimentFile: string): Promise<Record<string, string>> {
  const folder = experimentFile === '-' ? process.cwd() : dirname(experimentFile);
  const names = new Set(expand(experiment).flatMap(({ technique }) => (technique.file === undefined ? [] : [technique.file])));
  const sources = [...names].map(async (name) => [name, await readInput(resolve(folder, name))] as const);
  return Object.fromEntries(await Promise.all(sources));
}

/** A problem with a document, where it is. */
/** The recorded traces that the experiment names. They come with the package, whose `dist` holds this bundle. */
async function traceFiles(experiment: Experiment): Promise<Record<string, Uint8Array>> {
  const folder = join(__dirname, '..', 'media', 'traces');
  const files = tracesNamedIn(experiment).map(async (name) => [name, await readFile(join(folder, `${name}.vmtrace`))] as const);
  return Object.fromEntries(await Promise.all(files));
}

export function place(file: string, { message, line, column }: Problem): string {
  return `${file === '-' ? 'standard input' : file}:${line}:${column}: ${message}`;
}
