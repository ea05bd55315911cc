import { ENGINE_VERSION } from '../../engine';
import type { Finding, Report } from '../../engine/report';
import type { Scenario } from '../../engine/scenario';
import { expand, parseExperiment } from '../experiment';
import type { Goal, StrategyTask, TaskWorkload } from '../question';
import type { StrategyError, StrategyRunner } from '../strategy-runner';
import type { Feedback, Outcome, Verdict, Where, WorkloadResult } from '../verdict';
import { ERRORS } from './errors';
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
  for (const [i, workload] of task.workloads.entries()) {
    progress(i, task.workloads.length, workload.name);
    const first = workloads.every(({ outcome }) => outcome === 'pass');
    const attempt = tryWorkload(task, workload, submission, seed, runner, first);
    if ('broken' in attempt) {
      // What cannot be run here is not tried again: it would say the same, and cost the sandbox another interpreter.
      const { outcome, feedback } = attempt.broken;
      workloads.push(...task.workloads.slice(i).map((other) => result(other, outcome, feedback)));
      break;
    }
    workloads.push(attempt);
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
    summary: summarize(outcome, workloads),
    workloads,
    ...(failed[0]?.feedback && { feedback: failed[0].feedback }),
    seed,
    engine: ENGINE_VERSION,
  };
}

/** The scenario of a task's workload. Throws if the author's setting is no experiment: a test reads them all. */
export function scenarioOf(workload: TaskWorkload, seed: number): Scenario {
  const { experiment, problems } = parseExperiment(workload.setting);
  if (!experiment) throw new Error(`Workload ${workload.name}: ${problems[0].message}`);
  return { ...expand(experiment)[0].scenario, seed };
}

function tryWorkload(
  task: StrategyTask,
  workload: TaskWorkload,
  { file, source }: StrategySubmission,
  seed: number,
  runner: StrategyRunner,
  first: boolean,
): WorkloadResult | { broken: WorkloadResult } {
  const scenario = scenarioOf(workload, seed);
  const { report, error } = runner.run(source, scenario, { file });
  if (!report) return { broken: result(workload, ERRORS[error.kind].outcome, feedbackOnError(error)) };
  const figures = {
    downtimeSeconds: report.downtimeSeconds,
    totalSeconds: report.totalSeconds,
    pagesSent: report.pagesSent,
    networkFaults: report.networkFaults,
  };
  const finding = firstOf(report.violations);
  if (finding) {
    // Only the first failure is looked into: it is the one that is shown.
    const smallest = first ? shrink(runner, source, file, finding.kind) : undefined;
    return { ...result(workload, RULES[finding.kind].outcome, feedbackOnFinding(finding, smallest)), figures };
  }
  if (report.aborted !== undefined) return { ...result(workload, 'fail', feedbackOnAbort(report)), figures };
  for (const goal of [...task.goals, ...(workload.goals ?? [])]) {
    const missed = goal.missed(report);
    if (missed) return { ...result(workload, 'fail', feedbackOnGoal(goal, missed)), figures };
  }
  return { ...result(workload, 'pass'), figures };
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

function feedbackOnFinding(finding: Finding, smallest: ReturnType<typeof shrink>): Feedback {
  const { expected, why, next } = RULES[finding.kind];
  const where: Where = {
    line: finding.line,
    column: finding.column,
    seconds: finding.seconds,
    page: finding.page,
    smallest: smallest && { pages: smallest.pages, writesPerSecond: smallest.writesPerSecond },
  };
  return {
    expected,
    happened: [finding.message, finding.because].filter(Boolean).join(' '),
    where: defined(where),
    why,
    next,
  };
}

function feedbackOnGoal(goal: Goal, happened: string): Feedback {
  return { expected: goal.expected, happened, where: {}, why: goal.why, next: goal.next };
}

function feedbackOnAbort(report: Report): Feedback {
  return {
    expected: 'The guest is moved.',
    happened: `The strategy gave up: ${report.aborted}`,
    where: { seconds: report.totalSeconds },
    why: 'Giving up is safe for the guest, but it is still where it was.',
    next: 'In these workloads there is always a way: what could be done instead of `m.abort()`?',
  };
}

function feedbackOnError(error: StrategyError): Feedback {
  const { expected, why, next } = ERRORS[error.kind];
  return { expected, happened: error.message, where: defined({ line: error.line, column: error.column }), why, next };
}

function summarize(outcome: Outcome, workloads: readonly WorkloadResult[]): string {
  const passed = workloads.filter((workload) => workload.outcome === 'pass').length;
  if (outcome === 'pass') return `All ${workloads.length} workloads passed.`;
  const shown = outcome === 'infra' ? 'infra' : undefined;
  const failed = workloads.find((workload) => (shown ? workload.outcome === shown : workload.outcome !== 'pass'))!;
  const happened = failed.feedback?.happened ?? 'not passed.';
  if (shown) return `The check could not be made: ${happened}`;
  return `${passed} of ${workloads.length} workloads passed. With ${failed.name}: ${happened}`;
}

/** Without the keys that are undefined, so that JSON and value agree. */
function defined(where: Where): Where {
  return Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
}
