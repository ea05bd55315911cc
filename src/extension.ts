import type * as vscode from 'vscode';
import { course } from '../labs';
import { registerCommands } from './vscode/commands';
import type { Lab } from './vscode/lab';
import { registerCellIds } from './vscode/notebook/cell-ids';
import { registerCellLanguage } from './vscode/notebook/cell-language';
import { CellProblems } from './vscode/notebook/cell-problems';
import { registerCellStatusBar } from './vscode/notebook/cell-status-bar';
import { Kernel } from './vscode/notebook/kernel';
import { cellRunner } from './vscode/notebook/run-cell';
import { registerSerializer } from './vscode/notebook/serializer';
import { Pages } from './vscode/pages';
import { realMachines } from './vscode/real-machines';
import { SaidOnce } from './vscode/said-once';
import { SandboxJobs } from './vscode/sandbox-jobs';
import { Attempts } from './vscode/strategies/attempts';
import { registerCodeLenses } from './vscode/strategies/code-lenses';
import { StrategyProblems } from './vscode/strategies/strategy-problems';

/** What the tests may ask of the running extension. */
export interface Started {
  activateMilliseconds: number;
}

export function activate({ subscriptions, extensionUri, workspaceState }: vscode.ExtensionContext): Started {
  const start = performance.now();
  const cellProblems = new CellProblems();
  const strategyProblems = new StrategyProblems();
  const pages = new Pages();
  const jobs = new SandboxJobs(extensionUri);
  const attempts = new Attempts(workspaceState);
  const real = { machines: realMachines(), saidOnce: new SaidOnce() };
  const lab: Lab = { course, jobs, ...real, cellProblems, strategyProblems, attempts };
  subscriptions.push(cellProblems, strategyProblems, pages);
  subscriptions.push(registerSerializer(), registerCellIds());
  subscriptions.push(new Kernel(cellRunner(lab)), registerCellStatusBar(course));
  subscriptions.push(registerCellLanguage(course), registerCodeLenses());
  subscriptions.push(registerCommands(lab, pages, extensionUri));
  return { activateMilliseconds: performance.now() - start };
}
