/** The host's side of the sandbox: jobs that run in workers which can be killed. */
export { cores } from './cores';
export { runJob, type JobMessage, type JobOptions, type JobOutcome } from './run-job';
export { runSweep, type Sweep, type SweepOptions } from './run-sweep';
export { startWorker } from './start-worker';
