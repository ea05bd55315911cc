import * as vscode from 'vscode';
import { expand, nameOf, parseExperiment, remarksOn, worldsOf, type Experiment, type Run, type World } from '../../lab/experiment';
import { failedRun, reasonsOf, withFailed, type FailedRun } from '../../lab/present/failed-runs';
import type { RunReport } from '../../lab/present/findings';
import { reportOutput } from '../../lab/present/report-output';
import { comparisonRemark } from '../../lab/present/worlds';
import type { WorldRuns } from '../jobs';
import type { Lab } from '../lab';
import { readBeside } from '../strategies/strategy-file';
import { errorOutput, refuse } from './cell-problems';
import type { CellResult, CellRun } from './kernel';
import { showNote, showReport } from './outputs';
import { runReal, type RealRuns } from './run-real';

/** The full reports of the experiments run since VS Code was started; predictions are compared with them. */
export type Measured = WeakMap<vscode.NotebookCell, RunReport[]>;

/** What comes of a world for which an experiment does not ask. */
const NONE: RealRuns = { runs: [], failures: new Map() };

/** Runs an experiment cell in the worlds that it names: in the sandbox, on real machines, or one after the other. */
export async function runExperiment(
  lab: Lab,
  measured: Measured,
  cell: vscode.NotebookCell,
  run: CellRun,
): Promise<CellResult> {
  const text = cell.document.getText();
  // A prediction is never compared with what the cell said before.
  measured.delete(cell);
  const { experiment, problems } = parseExperiment(text);
  if (!experiment || problems.length > 0) return refuse(lab.cellProblems, cell, problems);
  lab.cellProblems.show(cell.document.uri, []);
  const worlds = worldsOf(experiment);
  const runs = expand(experiment);
  const simulated = worlds.includes('simulator') ? await simulate(lab, cell, experiment, runs, run) : NONE;
  const real = worlds.includes('qemu') ? await runReal(lab, runs, run) : NONE;
  // Predictions are about the model if there is one: it gives the same answer on every computer.
  measured.set(cell, simulated.runs.length > 0 ? simulated.runs : real.runs);
  const { missing } = real;
  const made = [...simulated.runs, ...real.runs];
  const failed = [...failedOf(runs, simulated, 'simulator', 0), ...failedOf(runs, real, 'qemu', simulated.runs.length + simulated.failures.size)];
  const reasons = [...(missing === undefined ? [] : [missing]), ...reasonsOf(failed)];
  if (made.length === 0) {
    // That there are no real machines is no mistake of anybody's.
    if (missing !== undefined && failed.length === 0) return { outputs: [showNote(missing)], success: undefined };
    return { outputs: [errorOutput(vscode.l10n.t('Not run'), reasons.join('\n'))], success: false };
  }
  const compared = simulated.runs.length > 0 && real.runs.length > 0 ? comparisonRemark(runs) : undefined;
  const remarks = [...reasons, ...(simulated.runs.length > 0 ? remarksOn(experiment) : []), ...(compared === undefined ? [] : [compared])];
  const success = failed.length > 0 ? false : missing === undefined ? true : undefined;
  return { outputs: [showReport(withFailed(reportOutput(made, remarks), failed))], success };
}

async function simulate(
  lab: Lab,
  cell: vscode.NotebookCell,
  experiment: Experiment,
  runs: readonly Run[],
  { signal, progress }: CellRun,
): Promise<WorldRuns> {
  const names = experiment.techniques.flatMap(({ file }) => file ?? []);
  const sources = await Promise.all(names.map((name) => readBeside(cell.notebook.uri, name)));
  const files = Object.fromEntries(sources.map((source, i) => [names[i], source.text]));
  const techniques = runs.map(({ technique }) => nameOf(technique));
  return lab.jobs.simulate({ experiment: cell.document.getText(), files, techniques }, signal, progress);
}

/** The runs that failed in a world; `row` is the row of its first run. */
function failedOf(runs: readonly Run[], { failures }: WorldRuns, world: World, row: number): FailedRun[] {
  return [...failures].map(([number, failure]) => failedRun(row + number, runs[number]!, failure, world));
}
