import type { Finding, Report } from '../../engine/report';
import type { Goal } from '../question';
import type { StrategyError } from '../strategy-runner';
import type { Feedback, Where } from '../verdict';
import { ERRORS } from './errors';
import { RULES } from './rules';
import type { Smallest } from './shrink';

/** The five parts of feedback, from what was measured and from the tables of what to say about it. */

export function feedbackOnFinding(finding: Finding, smallest: Smallest | undefined): Feedback {
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

export function feedbackOnGoal(goal: Goal, happened: string): Feedback {
  return { expected: goal.expected, happened, where: {}, why: goal.why, next: goal.next };
}

export function feedbackOnAbort(report: Report): Feedback {
  return {
    expected: 'The guest is moved.',
    happened: `The strategy gave up: ${report.aborted}`,
    where: { seconds: report.totalSeconds },
    why: 'Giving up is safe for the guest, but it is still where it was.',
    next: 'In these workloads there is always a way: what could be done instead of `m.abort()`?',
  };
}

export function feedbackOnError(error: StrategyError): Feedback {
  const { expected, why, next } = ERRORS[error.kind];
  return { expected, happened: error.message, where: defined({ line: error.line, column: error.column }), why, next };
}

/** Without the keys that are undefined, so that JSON and value agree. */
function defined(where: Where): Where {
  return Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
}
