import type { Report, Timeline } from '../engine/report';
import type { AnswerVerdict } from '../lab/answer/judge-answer';
import type { World } from '../lab/experiment/experiment';
import type { Verdict } from '../lab/verdict';

/**
 * What the lab puts into a notebook's outputs. It is stored in the file, shown by our renderer, and stands beside
 * Markdown and plain text that say the same. Words and tables are made by the lab, so that every reader shows the same;
 * numbers are rounded and sampled, because the file is kept, compared and handed in.
 */
export const REPORT_MIME = 'application/vnd.vmlab.report+json';
export const VERDICT_MIME = 'application/vnd.vmlab.verdict+json';
export const ANSWER_MIME = 'application/vnd.vmlab.answer+json';

/** The result of an experiment: one run, a comparison, or a sweep. */
export interface ReportOutput {
  version: 1;
  /** What the whole experiment shows, and its figures. */
  overview: Exhibit;
  /** The swept keys with their values in order; empty without a sweep. */
  sweep: { key: string; values: string[] }[];
  /** Where each figure comes from, part by part; absent if there are too many runs. */
  parts?: Exhibit;
  /** By how much the simulator is off what QEMU does; absent unless migrations were made in both worlds. */
  differences?: Exhibit;
  /** What is to be said of the experiment and of the real machines, in sentences. */
  remarks?: string[];
  /** Those of the simulator first. */
  runs: ShownRun[];
}

/** One migration, as much of it as is shown. In a sweep only the metrics are kept. */
export interface ShownRun extends Metrics, Partial<RunDetails> {
  label: string;
  /** The values of the swept keys. */
  point: Record<string, string>;
  /** Left out: the simulator. */
  world?: World;
  /** QEMU's own answer to `query-migrate`. */
  queryMigrate?: object;
}

export interface RunDetails {
  rounds: Exhibit;
  /** When each live round ended, seconds after the start. */
  roundEnds: number[];
  throughput: Exhibit;
  /** Where the downtime went. */
  downtime: Exhibit;
  timeline: Timeline;
}

type Metrics = Pick<
  Report,
  | 'technique'
  | 'converged'
  | 'aborted'
  | 'broken'
  | 'preparationSeconds'
  | 'downtimeSeconds'
  | 'resumeSeconds'
  | 'totalSeconds'
  | 'pagesSent'
  | 'transferredBytes'
  | 'networkFaults'
  | 'violations'
  | 'guestPages'
>;

/** Something to be shown: the sentence that says what is to be seen, and the figures behind it. */
export interface Exhibit {
  finding: string;
  table: Table;
}

export interface Table {
  caption: string;
  columns: { title: string; numeric: boolean }[];
  rows: string[][];
}

export interface VerdictOutput {
  version: 1;
  verdict: Verdict;
}

/** How an answer was judged. */
export interface AnswerOutput {
  version: 1;
  /** The activity's title. */
  title: string;
  verdict: AnswerVerdict;
  isPrediction: boolean;
  /** A prediction, as it was locked; given if the cell says something else by now. */
  locked?: string;
}
