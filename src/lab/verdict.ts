/**
 * pass · partial · fail · error (the student's code cannot run) · limit (it used up a deterministic budget) · infra
 * (our side failed: never scored, never lowers a score).
 */
export type Outcome = 'pass' | 'partial' | 'fail' | 'error' | 'limit' | 'infra';

/** What a check says. The same value stands behind the notebook, the CodeLens, the command line and a class run. */
export interface Verdict {
  /** Question and task, e.g. `05-five-techniques` and `pre-copy`. */
  question: string;
  task: string;
  /** The file that was checked. */
  file: string;
  outcome: Outcome;
  /** Thousandths of a point: integers, so that totals always agree. */
  milliPoints: number;
  maxMilliPoints: number;
  /** One line that says it all. */
  summary: string;
  workloads: WorkloadResult[];
  /** What to tell the student first: the feedback of the first workload that failed, or of the file as a whole. */
  feedback?: Feedback;
  seed: number;
  /** The engine's version. */
  engine: string;
}

export interface WorkloadResult {
  name: string;
  outcome: Outcome;
  milliPoints: number;
  maxMilliPoints: number;
  feedback?: Feedback;
  /** The figures worth showing beside the outcome. */
  figures?: { downtimeSeconds: number; totalSeconds: number; pagesSent: number; networkFaults: number };
}

/** Feedback in five parts. Each is a sentence or two. */
export interface Feedback {
  expected: string;
  happened: string;
  where: Where;
  why: string;
  next: string;
}

/** Where it happened: in the learner's file (1-based), in virtual time, in memory. */
export interface Where {
  line?: number;
  column?: number;
  seconds?: number;
  page?: number;
  /** The smallest guest that still shows it. */
  smallest?: { pages: number; writesPerSecond: number };
}
