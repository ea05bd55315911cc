/** The migration engine, pure TypeScript: scenarios and strategies go in, reports come out. */
export type * from './api';
export type * from './report';
export type * from './scenario';
export { PAGE_SIZE, WORKLOADS } from './scenario';
export { Pages } from './pages/pages';
export { simulate, type SimulateOptions } from './migration/simulate';
export type { Trace } from './trace/trace';
export type { EventLog, PageRanges, RunEvent } from './migration/event-log';
export type { SourceLocation } from './migration/history';
export { optimizations, optimized, refusal, type OptimizationName } from './optimizations';
export { techniques, type TechniqueName } from './techniques';
export { MECHANISMS, type Mechanism, type TrackingSpec } from './tracking/tracking';
export { ENGINE_VERSION } from './version';
