/** The migration engine: pure TypeScript, one noun (a run) and one verb. */
export type * from './api';
export type * from './report';
export { PAGE_SIZE, WORKLOADS, type GuestSpec, type LinkSpec, type Scenario, type Workload } from './scenario';
export { Pages } from './pages/pages';
export { simulate, type SimulateOptions } from './migration/simulate';
export type { SourceLocation } from './migration/history';
export { techniques, type TechniqueName } from './techniques';
export { ENGINE_VERSION } from './version';
