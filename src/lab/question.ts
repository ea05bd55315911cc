import type { Report } from '../engine/report';

/** A question of the course: its text is in `lab.md` beside it, everything that a program needs is here. */
export interface Question {
  /** The folder's name: `05-five-techniques`. */
  readonly id: string;
  readonly number: number;
  readonly title: string;
  /** One sentence for the course tree. */
  readonly summary: string;
  /** In the order of the text. */
  readonly activities: readonly Activity[];
}

export type Activity =
  | ChoiceActivity
  | MultipleActivity
  | OrderActivity
  | NumberActivity
  | PredictionActivity
  | ExperimentActivity
  | StrategyTask
  | EssayActivity;

/** The activities whose answer is text in an answer cell. */
export type AnswerActivity = Exclude<Activity, ExperimentActivity | StrategyTask>;

interface ActivityBase {
  /** Unique within the question; names the cell. */
  readonly id: string;
  /** A few words for the course tree. */
  readonly title: string;
  /** Thousandths of a point. */
  readonly milliPoints: number;
}

/** One of several answers that the learner chooses from. */
export interface Option {
  /** What the learner writes: `post-copy`. */
  readonly id: string;
  readonly text: string;
  /** What there is to say to somebody who chose it. */
  readonly reply: string;
}

/** One option is right. */
export interface ChoiceActivity extends ActivityBase {
  readonly kind: 'choice';
  readonly prompt: string;
  readonly options: readonly Option[];
  readonly answer: string;
}

/** Any number of options is right; each that is taken or left rightly earns its share, each wrong one costs a share. */
export interface MultipleActivity extends ActivityBase {
  readonly kind: 'multiple';
  readonly prompt: string;
  readonly options: readonly Option[];
  readonly answer: readonly string[];
}

/** A Parsons problem: the steps are to be put in order, and those that do not belong left out. */
export interface OrderActivity extends ActivityBase {
  readonly kind: 'order';
  readonly prompt: string;
  /** In the order in which they are shown. */
  readonly options: readonly Option[];
  readonly answer: readonly string[];
  readonly explanation: string;
}

/** A quantity or a bare number. */
export interface NumberActivity extends ActivityBase {
  readonly kind: 'number';
  readonly prompt: string;
  readonly unit: NumberUnit;
  /** In the unit's base: seconds, bytes, pages, or the number itself. */
  readonly answer: number;
  /** An answer is right if it is off by no more than one of the two. */
  readonly absoluteTolerance: number;
  readonly relativeTolerance: number;
  readonly explanation: string;
}

export type NumberUnit = 'duration' | 'size' | 'pages' | 'number';

/**
 * A prediction: answered before the experiment is run, compared with what was then measured. Its points are for having
 * predicted; being wrong is how one learns from it. What is right is measured, so no key can be out of date.
 */
export interface PredictionActivity extends ActivityBase {
  readonly kind: 'prediction';
  readonly prompt: string;
  /** The experiment cell whose reports decide. */
  readonly experiment: string;
  readonly ask:
    { readonly options: readonly Option[] } | { readonly unit: NumberUnit; readonly relativeTolerance: number };
  /** An option's id, or a number in the unit's base; undefined if the experiment was changed and does not say. */
  measured(reports: readonly LabelledReport[]): string | number | undefined;
  /** What the reader shall see in the chart, whatever the prediction was. */
  readonly explanation: string;
}

/** A run's report under the label that `expand` gave it. */
export interface LabelledReport {
  readonly label: string;
  readonly report: Report;
}

/** An experiment cell with a name, so that a prediction can refer to it. Its text is in `lab.md`. */
export interface ExperimentActivity extends ActivityBase {
  readonly kind: 'experiment';
}

/** Free text, for the learner and for a human reader. Never scored by a machine. */
export interface EssayActivity extends ActivityBase {
  readonly kind: 'essay';
  readonly prompt: string;
  /** What a human reader looks for; never shown before. */
  readonly rubric: readonly string[];
}

/** A strategy to write. */
export interface StrategyTask extends ActivityBase {
  readonly kind: 'strategy';
  /** Beside the notebook: `strategies/pre-copy.ts`. */
  readonly file: string;
  /** How much is given: everything, all but a gap, or nothing. */
  readonly given: 'worked' | 'gap' | 'nothing';
  readonly workloads: readonly TaskWorkload[];
  /** Held against every workload, in this order, once the run broke no rule. */
  readonly goals: readonly Goal[];
  /** One after the other, each after an honest attempt. */
  readonly hints: readonly string[];
}

/** A setting in which a strategy is tried. Its points add up to the task's. */
export interface TaskWorkload {
  readonly name: string;
  /** An experiment document without technique: learners can run it themselves. */
  readonly setting: string;
  readonly milliPoints: number;
  /** Goals of this workload alone, after the task's. */
  readonly goals?: readonly Goal[];
}

/** Something that a technique achieves beyond breaking no rule. */
export interface Goal {
  readonly id: string;
  readonly expected: string;
  /** Undefined if the goal is met, else what happened instead. */
  missed(report: Report): string | undefined;
  readonly why: string;
  readonly next: string;
}
