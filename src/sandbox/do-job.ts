import { course } from '../../labs';
import { simulate, techniques } from '../engine';
import { findQuestion, findTask } from '../lab/course';
import { expand, parseExperiment, type Run } from '../lab/experiment';
import { gradeStrategy } from '../lab/grading/grade-strategy';
import type { StrategyError } from '../lab/strategy-runner';
import type { FromWorker, Job, ToWorker } from '../protocol/worker';
import { SandboxRunner } from './runner';

type Post = (message: FromWorker) => void;
type JobOf<Kind extends Job['kind']> = Extract<Job, { kind: Kind }>;

/** The job cannot be done as it was given; the message is one sentence for people. */
class BadJob extends Error {}

/** Does one job, in either host. Always ends with a `done` or a `failed`. */
export async function doJob({ job, quickjs }: ToWorker, post: Post): Promise<void> {
  try {
    if (job.kind === 'simulate') await simulateExperiment(job, quickjs, post);
    else await checkStrategy(job, quickjs, post);
    post({ kind: 'done' });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    post({ kind: 'failed', message, blame: error instanceof BadJob ? 'input' : 'infra' });
  }
}

async function simulateExperiment({ experiment: text, files, seed }: JobOf<'simulate'>, quickjs: WebAssembly.Module, post: Post): Promise<void> {
  const { experiment, problems } = parseExperiment(text);
  if (!experiment) throw new BadJob(problems.map(({ message, line }) => `Line ${line}: ${message}`).join(' '));
  const runs = expand(experiment);
  const needsSandbox = runs.some(({ technique }) => technique.file !== undefined);
  const sandbox = needsSandbox ? await SandboxRunner.start(quickjs) : undefined;
  for (const [i, run] of runs.entries()) {
    post({ kind: 'progress', done: i, total: runs.length, label: run.label });
    await sandbox?.ready();
    const report = simulateRun({ ...run, scenario: { ...run.scenario, seed: seed ?? run.scenario.seed } }, files, sandbox);
    post({ kind: 'report', report, label: run.label, point: { ...run.point } });
  }
  post({ kind: 'progress', done: runs.length, total: runs.length, label: '' });
}

function simulateRun({ technique, scenario }: Run, files: Record<string, string>, sandbox: SandboxRunner | undefined) {
  if (technique.file === undefined) return simulate(scenario, techniques[technique.name], { technique: technique.name });
  const { file } = technique;
  if (!sandbox || !Object.hasOwn(files, file)) throw new BadJob(`The experiment names ${file}, which was not found.`);
  const { report, error } = sandbox.run(files[file], scenario, { file });
  if (report) return report;
  if (error.kind === 'infra') throw new Error(error.message);
  throw new BadJob(`${placeOf(file, error)}: ${error.message}`);
}

async function checkStrategy({ question: questionId, task: taskId, file, source, seed }: JobOf<'check'>, quickjs: WebAssembly.Module, post: Post): Promise<void> {
  const question = findQuestion(course, questionId);
  const task = question && findTask(question, taskId);
  if (!task) throw new BadJob(`This version has no task ${taskId} in a question ${questionId}.`);
  const sandbox = await SandboxRunner.start(quickjs);
  const verdict = gradeStrategy(question.id, task, { file, source }, seed, sandbox, (done, total, label) => post({ kind: 'progress', done, total, label }));
  post({ kind: 'verdict', verdict });
}

function placeOf(file: string, { line, column }: StrategyError): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
