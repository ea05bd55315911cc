import { dirname, resolve } from 'node:path';
import { expand, parseExperiment, type Experiment, type Problem } from '../lab/experiment';
import { countRuns } from '../lab/experiment/expand';
import type { RunReport } from '../lab/present/findings';
import { reportOutput, reportText } from '../lab/present/report-output';
import { UsageError } from './exit';
import { readInput } from './input';
import { ProgressLine, type Terminal } from './progress-line';
import { sweepInWorkers } from './run-in-worker';

export interface SimulateOptions {
  json?: true;
  seed?: number;
}

/** `vmlab simulate EXPERIMENT`. */
export async function simulate(file: string, { json, seed }: SimulateOptions): Promise<void> {
  const text = await readInput(file);
  const { experiment, problems } = parseExperiment(text);
  if (!experiment) throw new UsageError(problems.map((problem) => place(file, problem)).join('\nvmlab: '));
  const files = await strategyFiles(experiment, file);
  const runs: RunReport[] = [];
  const keep = (run: RunReport) => runs.push(run);
  const line = new ProgressLine(json && process.stdout.isTTY ? NOWHERE : process.stderr);
  const endLine = () => line.end();
  // Also when whoever reads the results has read enough.
  process.once('exit', endLine);
  const sweep = { experiment: text, files, seed, runs: countRuns(experiment) };
  await sweepInWorkers(sweep, {
    onReport: json ? printJson : keep,
    onProgress: ({ done, total }) => line.show(done, total),
  }).finally(endLine);
  if (!json) console.log(reportText(reportOutput(runs)));
}

/** Results that appear line by line on a terminal are their own progress, and would be torn by another. */
const NOWHERE: Terminal = { write: () => undefined };

function printJson({ report, point }: RunReport): void {
  console.log(JSON.stringify(Object.keys(point).length > 0 ? { ...report, point } : report));
}

/** The sources of the strategies that the experiment names, by the name it uses; found beside the experiment. */
async function strategyFiles(experiment: Experiment, experimentFile: string): Promise<Record<string, string>> {
  const folder = experimentFile === '-' ? process.cwd() : dirname(experimentFile);
  const names = new Set(expand(experiment).flatMap(({ technique }) => (technique.file === undefined ? [] : [technique.file])));
  const sources = [...names].map(async (name) => [name, await readInput(resolve(folder, name))] as const);
  return Object.fromEntries(await Promise.all(sources));
}

function place(file: string, { message, line, column }: Problem): string {
  return `${file === '-' ? 'standard input' : file}:${line}:${column}: ${message}`;
}
