import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../protocol/worker';
import { doJob } from './do-job';

const port = parentPort;
if (!port) throw new Error('This script runs as a worker thread only.');
port.once('message', (message: ToWorker) => void doJob(message, (answer) => port.postMessage(answer)));
