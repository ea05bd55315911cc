import { optimized, techniques, type Scenario, type Strategy } from '../../engine';
import type { Run } from './experiment';
import { hypervisorOf } from './expand';
import { INSTALLED } from './installed';

/** What the engine is to simulate. */
export interface Simulation {
  readonly scenario: Scenario;
  readonly strategy: Strategy;
}

/**
 * The simulation of a run that names a technique: its hypervisor's way of doing it, with its optimisations around it.
 * `strategy` stands for the technique if the run names a file instead.
 */
export function simulationOf(run: Run, strategy?: Strategy, installed = INSTALLED): Simulation {
  const { scenario, technique } = run;
  const own = strategy ?? techniqueOf(run, installed);
  if (!own) throw new Error(`There is no strategy to be run for ${run.label}.`);
  return optimized(scenario, own, technique.with ?? []);
}

function techniqueOf({ technique: { name }, preset }: Run, installed = INSTALLED): Strategy | undefined {
  if (name === undefined) return undefined;
  return preset === undefined ? techniques[name] : hypervisorOf(preset, installed)?.strategies[name];
}
