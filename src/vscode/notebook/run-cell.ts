import { kindOf } from '../../lab/notebook/cell-document';
import type { Lab } from '../lab';
import type { RunCell } from './kernel';
import { runAnswer } from './run-answer';
import { runCheck } from './run-check';
import { runExperiment, type Measured } from './run-experiment';

/** What each of the three kinds of cells does when it is run. */
export function cellRunner(lab: Lab): RunCell {
  const measured: Measured = new WeakMap();
  return (cell, run) => {
    switch (kindOf(cell.document.getText())) {
      case 'experiment':
        return runExperiment(lab, measured, cell, run);
      case 'answer':
        return runAnswer(lab, measured, cell, run);
      case 'check':
        return runCheck(lab, cell, run);
    }
  };
}
