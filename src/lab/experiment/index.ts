export type { Experiment, Problem, Run, World } from './experiment';
export { expand, nameOf } from './expand';
export { INSTALLED, type Installed } from './installed';
export type { Key } from './key';
export { exampleDocument, keyAt, KEYS, namesUnder, SETTINGS } from './keys';
export { parseExperiment } from './parse';
export { simulationOf, type Simulation } from './simulation';
export { toScenario } from './to-scenario';
export { WORLD_CHOICES, withWorld, worldIn, worldsOf, type WorldChoice } from './world';
