import type * as vscode from 'vscode';
import { parseExperiment } from '../../lab/experiment';
import { countRuns } from '../../lab/experiment/expand';
import type { RunReport } from '../../lab/present/findings';
import { reportOutput } from '../../lab/present/report-output';
import type { Lab } from '../lab';
import { readBeside } from '../strategies/strategy-file';
import { refuse } from './cell-problems';
import type { CellResult, CellRun } from './kernel';
import { showReport } from './outputs';

/** The full reports of the experiments run since VS Code was started; predictions are compared with them. */
export type Measured = WeakMap<vscode.NotebookCell, RunReport[]>;

/** Runs an experiment cell in the sandbox. */
export async function runExperiment(
  lab: Lab,
  measured: Measured,
  cell: vscode.NotebookCell,
  { signal, progress }: CellRun,
): Promise<CellResult> {
  const text = cell.document.getText();
  // A prediction is never compared with what the cell said before.
  measured.delete(cell);
  const { experiment, problems } = parseExperiment(text);
  if (!experiment || problems.length > 0) return refuse(lab.cellProblems, cell, problems);
  lab.cellProblems.show(cell.document.uri, []);
  const names = experiment.techniques.flatMap(({ file }) => file ?? []);
  const sources = await Promise.all(names.map((name) => readBeside(cell.notebook.uri, name)));
  const files = Object.fromEntries(sources.map((source, i) => [names[i], source.text]));
  const sweep = { experiment: text, files, runs: countRuns(experiment) };
  const runs = await lab.jobs.simulate(sweep, signal, progress);
  measured.set(cell, runs);
  return { outputs: [showReport(reportOutput(runs))], success: true };
}
