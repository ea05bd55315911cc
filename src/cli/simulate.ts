import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { queryMigrate } from '../engine/techniques/hypervisors';
import { expand, nameOf, remarksOn, tracesNamedIn, worldsOf, type Experiment } from '../lab/experiment';
import { countRuns } from '../lab/experiment/expand';
import { failedRun, withFailed, type FailedRun } from '../lab/present/failed-runs';
import type { RunReport } from '../lab/present/findings';
import { reportOutput, reportText } from '../lab/present/report-output';
import type { SimulateJob } from '../protocol/worker';
import { samplingOf } from '../protocol/timeline-words';
import { Interrupted, UsageError } from './exit';
import { readExperiment, type ReadExperiment } from './experiment-file';
import { failedDocument, failedQueryMigrate, throwFailures } from './failed-runs';
import { readInput } from './input';
import { OutputFile } from './output-file';
import { jsonLine, print, printJson, printJsonLines, tell, visibleIn } from './printed';
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
  const read = await readExperiment(file, seed);
  const { experiment, text } = read;
  tellWorld(experiment, file);
  if (trace !== undefined) checkTrace(trace, countRuns(experiment), options);
  const strategies = await strategiesOf(read, file);
  const events = trace === undefined ? undefined : await eventsTo(trace, inputsOf(file, strategies));
  const files = Object.fromEntries(strategies.map(({ name, source }) => [name, source]));
  const job = { experiment: text, files, traces: await traceFiles(experiment), seed, events: events !== undefined };
  try {
    const failed = await sweepAndPrint(job, experiment, options, events);
    if (failed.length === 0) await events?.finish();
    throwFailures(failed);
  } finally {
    await events?.discard();
  }
}

/** Makes all runs and prints what comes of them; resolves with those that failed. */
async function sweepAndPrint(
  job: Omit<SimulateJob, 'kind'>,
  experiment: Experiment,
  options: SimulateOptions,
  events: Events | undefined,
): Promise<readonly FailedRun[]> {
  const runs = expand(experiment);
  const kept: RunReport[] = [];
  const failed: FailedRun[] = [];
  const printer = printerOf(options);
  const line = new ProgressLine(printer && process.stdout.isTTY ? NOWHERE : process.stderr);
  const endLine = () => line.end();
  // Also when whoever reads the results has read enough.
  process.once('exit', endLine);
  // What has been computed is not lost by what comes later.
  const show = () => {
    endLine();
    const remarks = remarksOn(experiment);
    if (printer) tell(...remarks);
    else if (kept.length > 0) print(textOf(visibleIn(kept), visibleIn(failed), visibleIn(remarks)));
  };
  await sweepInWorkers(
    { ...job, techniques: runs.map(({ technique }) => nameOf(technique)) },
    {
      onReport: printer?.report ?? ((run) => kept.push(run)),
      onFailure: (failure, number) => {
        const one = failedRun(number, runs[number]!, failure, 'simulator');
        failed.push(one);
        // Where it is the only one, there are no results.
        if (runs.length > 1) printer?.failed(one);
      },
      onProgress: ({ done, total }) => line.show(done, total),
      onEvents: events?.write,
    },
  ).catch((error: unknown) => {
    if (error instanceof Interrupted) endLine();
    else show();
    throw error;
  });
  show();
  return failed;
}

/** The command says where to run, but the document may have meant another world. */
function tellWorld(experiment: Experiment, file: string): void {
  if (!worldsOf(experiment).includes('qemu')) return;
  tell(`this is the simulator; the experiment says \`world: ${experiment.world}\`, and \`vmlab qemu run ${file}\` runs it on QEMU.`);
}

/** How a run is printed as soon as it is there. */
interface Printer {
  report(run: RunReport): void;
  failed(run: FailedRun): void;
}

/** Undefined if all runs are printed together in the end. */
function printerOf({ json, queryMigrate: asQemu, trace }: SimulateOptions): Printer | undefined {
  if (json) {
    return {
      report: ({ report, point }) => printJson(Object.keys(point).length > 0 ? { ...report, point } : report),
      failed: (run) => printJson(failedDocument(run)),
    };
  }
  if (asQemu) {
    return { report: ({ report }) => printJson(queryMigrate(report)), failed: (run) => printJson(failedQueryMigrate(run)) };
  }
  return trace === '-' ? { report: () => undefined, failed: () => undefined } : undefined;
}

function textOf(runs: readonly RunReport[], failed: readonly FailedRun[], remarks: readonly string[]): string {
  const text = reportText(withFailed(reportOutput(runs, remarks), failed));
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

/** Where the events of a run go, line by line. */
interface Events {
  write(lines: readonly string[]): void;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** To a file, or to standard output for `-`. */
async function eventsTo(trace: string, inputs: Readonly<Record<string, string>>): Promise<Events> {
  if (trace === '-') {
    const nothing = () => Promise.resolve();
    return { write: printJsonLines, finish: nothing, discard: nothing };
  }
  const file = await OutputFile.at(trace, { option: '--trace', inputs });
  const write = (lines: readonly string[]) => file.write(lines.map((line) => `${jsonLine(line)}\n`).join(''));
  return { write, finish: () => file.finish(), discard: () => file.discard() };
}

/** Results that appear line by line on a terminal are their own progress, and would be torn by another. */
const NOWHERE: Terminal = { write: () => undefined };

/** A strategy that the experiment names. */
interface StrategyFile {
  /** As the experiment writes it. */
  readonly name: string;
  readonly path: string;
  readonly source: string;
}

/** The strategies that the experiment names; found beside the experiment. */
async function strategiesOf({ experiment, places }: ReadExperiment, experimentFile: string): Promise<StrategyFile[]> {
  const folder = experimentFile === '-' ? process.cwd() : dirname(experimentFile);
  const names = new Set(experiment.techniques.flatMap(({ file }) => (file === undefined ? [] : [file])));
  const sources = [...names].map(async (name) => {
    const path = resolve(folder, name);
    return { name, path, source: await readInput(path, `${places.of(places.strategy(name))}: ${name}`) };
  });
  return Promise.all(sources);
}

/** What must not be written over, by what a message calls it. */
function inputsOf(file: string, strategies: readonly StrategyFile[]): Record<string, string> {
  const named = strategies.map(({ name, path }) => [`${name}, which the experiment runs`, path] as const);
  return Object.fromEntries([['the experiment itself', file], ...named]);
}

/** The recorded traces that the experiment names. They come with the package, whose `dist` holds this bundle. */
async function traceFiles(experiment: Experiment): Promise<Record<string, Uint8Array>> {
  const folder = join(__dirname, '..', 'media', 'traces');
  const files = tracesNamedIn(experiment).map(async (name) => [name, await readFile(join(folder, `${name}.vmtrace`))] as const);
  return Object.fromEntries(await Promise.all(files));
}
