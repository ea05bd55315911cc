export type { Experiment, Problem, Run } from './experiment';
export { expand, nameOf } from './expand';
export { INSTALLED, type Installed } from './installed';
export type { Key } from './key';
export { exampleDocument, keyAt, KEYS, namesUnder, SETTINGS } from './keys';
export { parseExperiment } from './parse';
export { simulationOf, type Simulation } from './simulation';
export { toScenario } from './to-scenario';
