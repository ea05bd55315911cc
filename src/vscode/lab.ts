import type { Course } from '../lab/course';
import type { Jobs } from './jobs';
import type { CellProblems } from './notebook/cell-problems';
import type { Attempts } from './strategies/attempts';
import type { StrategyProblems } from './strategies/strategy-problems';

/** What the parts of the extension share. Built once, in `activate()`. */
export interface Lab {
  course: Course;
  jobs: Jobs;
  cellProblems: CellProblems;
  strategyProblems: StrategyProblems;
  attempts: Attempts;
}
