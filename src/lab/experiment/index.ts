export type { Experiment, Problem, Run, SettingKey, Settings, SweepAxis, TechniqueRef } from './experiment';
export { TECHNIQUE_NAMES } from './experiment';
export { countRuns, expand, MAX_RUNS, nameOf, toScenario } from './expand';
export { KEYS, namesUnder, SETTINGS, STRUCTURES, type Key, type SettingSpec } from './keys';
export { parseExperiment, type ParsedExperiment } from './parse';
export { bandwidth, duration, pageRate, size, type Quantity } from './quantity';
