import { course } from '../../labs';
import { simulate, type EventLog, type Report } from '../engine';
import { findQuestion, findTask } from '../lab/course';
import { expand, installedWith, nameOf, parseExperiment, simulationOf, type Run } from '../lab/experiment';
import { gradeStrategy } from '../lab/grading/grade-strategy';
import type { StrategyError } from '../lab/strategy-runner';
import type { CheckJob, FromWorker, SimulateJob, ToWorker } from '../protocol/worker';
import { EventLines } from './event-lines';
import { SandboxRunner } from './runner';

/** Some seconds of computing at most. */
const STEPS_BETWEEN_SIGNS = 256;

type Post = (message: FromWorker) => void;
/** An experiment that has been read: makes the run of this number. */
type Simulation = (run: number) => Promise<void>;

/** The job cannot be done as it was given; the message is one sentence for people. */
class BadJob extends Error {}

/** Does what a worker is asked for, in either host. Always ends with a `done` or a `failed`. */
export function jobDoer(post: Post): (message: ToWorker) => Promise<void> {
  let simulation: Simulation | undefined;
  const obey = async (message: ToWorker): Promise<void> => {
    if (message.kind === 'run') {
      if (!simulation) throw new Error('A run was asked for, but no experiment is there.');
      return simulation(message.run);
    }
    const { job, quickjs } = message;
    if (job.kind === 'simulate') simulation = await prepare(job, quickjs, post);
    else await checkStrategy(job, quickjs, post);
  };
  return async (message) => {
    try {
      await obey(message);
      post({ kind: 'done' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      post({ kind: 'failed', message: reason, blame: error instanceof BadJob ? 'input' : 'infra' });
    }
  };
}

async function prepare(job: SimulateJob, quickjs: WebAssembly.Module, post: Post): Promise<Simulation> {
  const { experiment: text, files, traces = {}, seed, events = false } = job;
  const installed = installedWith(traces);
  const { experiment, problems } = parseExperiment(text, installed);
  if (!experiment) throw new BadJob(problems.map(({ message, line }) => `Line ${line}: ${message}`).join(' '));
  const runs = expand(experiment, installed);
  const needsSandbox = runs.some(({ technique }) => technique.file !== undefined);
  const sandbox = needsSandbox ? await SandboxRunner.start(quickjs) : undefined;
  return async (i) => {
    const run = runs[i];
    if (!run) throw new Error(`Run ${i} was asked for; the experiment has ${runs.length}.`);
    const { label, point } = run;
    const begun = () => post({ kind: 'begun', run: i, label });
    begun();
    await sandbox?.ready();
    const scenario = { ...run.scenario, seed: seed ?? run.scenario.seed };
    const told = events ? new EventLines() : undefined;
    const report = simulateRun({ ...run, scenario }, files, sandbox, told?.log, begun);
    if (told?.refusal !== undefined) throw new BadJob(told.refusal);
    for (const lines of told?.pieces() ?? []) post({ kind: 'events', lines });
    post({ kind: 'report', run: i, report, label, point: { ...point } });
  };
}

/** `alive` is called now and then: post-copy of a large guest takes longer than a watchdog has patience. */
function simulateRun(
  run: Run,
  files: Record<string, string>,
  sandbox: SandboxRunner | undefined,
  log: EventLog | undefined,
  alive: () => void,
): Report {
  const { file, with: optimizations } = run.technique;
  const technique = nameOf(run.technique);
  if (file === undefined) {
    const { scenario, strategy } = simulationOf(run);
    return simulate(scenario, strategy, { technique, log, stepped: { every: STEPS_BETWEEN_SIGNS, tell: alive } });
  }
  if (!sandbox || !Object.hasOwn(files, file)) throw new BadJob(`The experiment names ${file}, which was not found.`);
  const { report, error } = sandbox.run(files[file], run.scenario, { file, with: optimizations, log });
  if (report) return { ...report, technique };
  if (error.kind === 'infra') throw new Error(error.message);
  throw new BadJob(`${placeOf(file, error)}: ${error.message}`);
}

async function checkStrategy(job: CheckJob, quickjs: WebAssembly.Module, post: Post): Promise<void> {
  const { file, source, seed } = job;
  const question = findQuestion(course, job.question);
  const task = question && findTask(question, job.task);
  if (!task) throw new BadJob(`This version has no task ${job.task} in a question ${job.question}.`);
  const sandbox = await SandboxRunner.start(quickjs);
  const progress = (done: number, total: number, label: string) => post({ kind: 'progress', done, total, label });
  const verdict = gradeStrategy(question.id, task, { file, source }, seed, sandbox, progress);
  post({ kind: 'verdict', verdict });
}

function placeOf(file: string, { line, column }: StrategyError): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
