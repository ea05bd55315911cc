import { dirname, resolve } from 'node:path';
import { expand, parseExperiment, type Experiment, type Problem } from '../lab/experiment';
import type { RunReport } from '../lab/present/findings';
import { reportOutput, reportText } from '../lab/present/report-output';
import { UsageError } from './exit';
import { readInput } from './input';
import { runInWorker } from './run-in-worker';

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
  await runInWorker({ kind: 'simulate', experiment: text, files, seed }, (message) => {
    if (message.kind === 'progress') showProgress(message.done, message.total);
    if (message.kind !== 'report') return;
    runs.push(message);
    if (json) console.log(JSON.stringify(Object.keys(message.point).length > 0 ? { ...message.report, point: message.point } : message.report));
  });
  if (!json) console.log(reportText(reportOutput(runs)));
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

function showProgress(done: number, total: number): void {
  if (total > 1 && process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} runs${done === total ? '\n' : ''}`);
}
