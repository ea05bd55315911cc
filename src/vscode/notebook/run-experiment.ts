import * as vscode from 'vscode';
import { expand, nameOf, parseExperiment, remarksOn, worldsOf, type Experiment } from '../../lab/experiment';
import { failedRun, reasonsOf, withFailed, type FailedRun } from '../../lab/present/failed-runs';
import type { RunReport } from '../../lab/present/findings';
import { reportOutput } from '../../lab/present/report-output';
import { comparisonRemark } from '../../lab/present/worlds';
import type { Lab } from '../lab';
import { readBeside } from '../strategies/strategy-file';
import { errorOutput, refuse } from './cell-problems';
import type { CellResult, CellRun } from './kernel';
import { showNote, showReport } from './outputs';
import { runReal, type RealResult } from './run-real';

/** The full reports of the experiments run since VS Code was started; predictions are compared with them. */
export type Measured = WeakMap<vscode.NotebookCell, RunReport[]>;

/** What the sandbox made of an experiment. */
interface SimulatedRuns {
  readonly reports: RunReport[];
  readonly failed: FailedRun[];
}

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
  const nothing = { reports: [], failed: [] };
  const { reports: simulated, failed } = worlds.includes('simulator') ? await simulate(lab, cell, experiment, run) : nothing;
  if (!worlds.includes('qemu')) {
    measured.set(cell, simulated);
    const output = reportOutput(simulated, [...reasonsOf(failed), ...remarksOn(experiment)]);
    return { outputs: [showReport(withFailed(output, failed))], success: failed.length === 0 };
  }
  const runs = expand(experiment);
  const real = await runReal(lab, runs, run);
  // Predictions are about the model if there is one: it gives the same answer on every computer.
  measured.set(cell, simulated.length > 0 ? simulated : real.runs);
  const compared = simulated.length > 0 && real.runs.length > 0 ? comparisonRemark(runs) : undefined;
  const remarks = [...(simulated.length > 0 ? remarksOn(experiment) : []), ...(compared === undefined ? [] : [compared])];
  return resultOf([...simulated, ...real.runs], real, failed, remarks);
}

async function simulate(
  lab: Lab,
  cell: vscode.NotebookCell,
  experiment: Experiment,
  { signal, progress }: CellRun,
): Promise<SimulatedRuns> {
  const names = experiment.techniques.flatMap(({ file }) => file ?? []);
  const sources = await Promise.all(names.map((name) => readBeside(cell.notebook.uri, name)));
  const files = Object.fromEntries(sources.map((source, i) => [names[i], source.text]));
  const runs = expand(experiment);
  const techniques = runs.map(({ technique }) => nameOf(technique));
  const { reports, failures } = await lab.jobs.simulate({ experiment: cell.document.getText(), files, techniques }, signal, progress);
  const failed = [...failures].map(([number, failure]) => failedRun(number, runs[number]!, failure, 'simulator'));
  return { reports, failed };
}

/** That there are no real machines is no mistake of anybody's; that they failed is told as a failure if nothing else came. */
function resultOf(
  runs: RunReport[],
  { missing, failures, runs: real }: RealResult,
  failed: readonly FailedRun[],
  said: readonly string[],
): CellResult {
  const remarks = [...(missing === undefined ? [] : [missing]), ...reasonsOf(failed), ...failures, ...said];
  const success = failed.length > 0 ? false : missing !== undefined ? undefined : real.length > 0;
  if (runs.length > 0) return { outputs: [showReport(withFailed(reportOutput(runs, remarks), failed))], success };
  if (missing !== undefined) return { outputs: [showNote(missing)], success };
  return { outputs: [errorOutput(vscode.l10n.t('Not run'), failures.join('\n'))], success };
}
