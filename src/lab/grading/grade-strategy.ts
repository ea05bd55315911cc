import { ENGINE_VERSION } from '../../engine';
import type { Finding } from '../../engine/report';
import type { Scenario } from '../../engine/scenario';
import { expand, parseExperiment } from '../experiment';
import type { StrategyTask, TaskWorkload } from '../question';
import type { RunOptions, StrategyRunner } from '../strategy-runner';
import type { Feedback, Outcome, Verdict, WorkloadResult } from '../verdict';
import { ERRORS } from './errors';
import { feedbackOnAbort, feedbackOnError, feedbackOnFinding, feedbackOnGoal } from './feedback';
import { RULES } from './rules';
import { shrink } from './shrink';

/** A learner's file, as handed to a check. */
export interface StrategySubmission {
  /** Its name, for the verdict. */
  readonly file: string;
  readonly source: string;
}

/**
 * Tries a strategy on a task's workloads. Pure: the same file and seed give the same verdict, to the byte, if the
 * runner is deterministic. Nobody's code decides about points here but the engine's reports.
 */
export function gradeStrategy(
  question: string,
  task: StrategyTask,
  submission: StrategySubmission,
  seed: number,
  runner: StrategyRunner,
  progress: (done: number, total: number, workload: string) => void = () => undefined,
): Verdict {
  const workloads: WorkloadResult[] = [];
  /** What the summary says: the first failure, in short. */
  let firstFailure: Attempt | undefined;
  for (const [i, workload] of task.workloads.entries()) {
    progress(i, task.workloads.length, workload.name);
    const attempt = tryWorkload(task, workload, submission, seed, runner, firstFailure === undefined);
    workloads.push(attempt.result);
    if (attempt.problem !== undefined) firstFailure ??= attempt;
    if (attempt.broken) {
      // What cannot be run here is not tried again: it would say the same, and cost the sandbox another interpreter.
      if (attempt.result.outcome === 'infra') firstFailure = attempt;
      const { outcome, feedback } = attempt.result;
      workloads.push(...task.workloads.slice(i + 1).map((other) => result(other, outcome, feedback)));
      break;
    }
  }
  const failed = workloads.filter(({ outcome }) => outcome !== 'pass');
  const milliPoints = workloads.reduce((sum, workload) => sum + workload.milliPoints, 0);
  const outcome = outcomeOf(failed, milliPoints);
  return {
    question,
    task: task.id,
    file: submission.file,
    outcome,
    milliPoints,
    maxMilliPoints: task.milliPoints,
    summary: summarize(outcome, workloads, firstFailure),
    workloads,
    ...(failed[0]?.feedback && { feedback: failed[0].feedback }),
    seed,
    engine: ENGINE_VERSION,
  };
}

/**
 * The scenario of a task's workload, and the optimisations that the strategy is run with. Throws if the author's setting
 * is no experiment: a test reads them all.
 */
function settingOf(workload: TaskWorkload, seed: number): Pick<RunOptions, 'with'> & { scenario: Scenario } {
  const { experiment, problems } = parseExperiment(workload.setting);
  if (!experiment) throw new Error(`Workload ${workload.name}: ${problems[0].message}`);
  const { scenario, technique } = expand(experiment)[0];
  return { scenario: { ...scenario, seed }, ...(technique.with && { with: technique.with }) };
}

interface Attempt {
  readonly result: WorkloadResult;
  /** What went wrong, in a sentence; undefined if nothing did. */
  readonly problem?: string;
  /** The file could not be run at all. */
  readonly broken?: boolean;
}

function tryWorkload(
  task: StrategyTask,
  workload: TaskWorkload,
  { file, source }: StrategySubmission,
  seed: number,
  runner: StrategyRunner,
  first: boolean,
): Attempt {
  const { scenario, ...options } = settingOf(workload, seed);
  const { report, error } = runner.run(source, scenario, { file, ...options });
  if (!report) {
    const failed = result(workload, ERRORS[error.kind].outcome, feedbackOnError(error));
    return { result: failed, problem: error.message, broken: true };
  }
  const figures = {
    downtimeSeconds: report.downtimeSeconds,
    totalSeconds: report.totalSeconds,
    pagesSent: report.pagesSent,
    networkFaults: report.networkFaults,
  };
  const failed = (outcome: Outcome, problem: string, feedback: Feedback): Attempt => ({
    result: { ...result(workload, outcome, feedback), figures },
    problem,
  });
  const finding = firstOf(report.violations);
  if (finding) {
    // Only the first failure is looked into: it is the one that is shown.
    const smallest = first ? shrink(runner, source, file, finding.kind) : undefined;
    return failed(RULES[finding.kind].outcome, finding.message, feedbackOnFinding(finding, smallest));
  }
  if (report.aborted !== undefined) return failed('fail', 'The strategy gave up.', feedbackOnAbort(report));
  for (const goal of [...task.goals, ...(workload.goals ?? [])]) {
    const missed = goal.missed(report);
    if (missed) return failed('fail', missed, feedbackOnGoal(goal, missed));
  }
  return { result: { ...result(workload, 'pass'), figures } };
}

/** Our own failure overrides everything: such a verdict is not to be scored. */
function outcomeOf(failed: readonly WorkloadResult[], milliPoints: number): Outcome {
  if (failed.length === 0) return 'pass';
  if (failed.some(({ outcome }) => outcome === 'infra')) return 'infra';
  return milliPoints > 0 ? 'partial' : failed[0].outcome;
}

function result(workload: TaskWorkload, outcome: Outcome, feedback?: Feedback): WorkloadResult {
  const { name, milliPoints: maxMilliPoints } = workload;
  const milliPoints = outcome === 'pass' ? maxMilliPoints : 0;
  return { name, outcome, milliPoints, maxMilliPoints, ...(feedback && { feedback }) };
}

/** The finding to talk about first: what went wrong first explains what went wrong later. */
function firstOf(findings: readonly Finding[]): Finding | undefined {
  return findings.reduce<Finding | undefined>(
    (first, one) => (!first || one.seconds < first.seconds ? one : first),
    undefined,
  );
}

function summarize(outcome: Outcome, workloads: readonly WorkloadResult[], failure?: Attempt): string {
  if (!failure) return `All ${workloads.length} workloads passed.`;
  if (outcome === 'infra') return `The check could not be made: ${failure.problem}`;
  const passed = workloads.filter((workload) => workload.outcome === 'pass').length;
  const count = `${passed} of ${workloads.length} workloads passed.`;
  return failure.broken ? `${count} ${failure.problem}` : `${count} With ${failure.result.name}: ${failure.problem}`;
}
