import type { Course } from '../lab/course';
import type { Jobs } from './jobs';
import type { RealMachines } from './machines';
import type { CellProblems } from './notebook/cell-problems';
import type { SaidOnce } from './said-once';
import type { Attempts } from './strategies/attempts';
import type { StrategyProblems } from './strategies/strategy-problems';

/** What the parts of the extension share. Built once, in `activate()`. */
export interface Lab {
  course: Course;
  jobs: Jobs;
  machines: RealMachines;
  saidOnce: SaidOnce;
  cellProblems: CellProblems;
  strategyProblems: StrategyProblems;
  attempts: Attempts;
}
