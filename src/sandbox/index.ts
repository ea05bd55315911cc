/** The host's side of the sandbox: jobs that run in a worker which can be killed. */
export { runJob, type JobMessage, type JobOptions, type JobOutcome } from './run-job';
export { startWorker } from './start-worker';
