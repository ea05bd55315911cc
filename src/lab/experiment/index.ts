export type { Experiment, Problem, Run } from './experiment';
export { expand, nameOf, toScenario } from './expand';
export { KEYS, namesUnder, SETTINGS, type Key } from './keys';
export { parseExperiment } from './parse';
