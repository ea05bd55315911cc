import { parentPort } from 'node:worker_threads';
import { jobDoer } from './do-job';

const port = parentPort;
if (!port) throw new Error('This script runs as a worker thread only.');
const obey = jobDoer((answer) => port.postMessage(answer));
port.on('message', (message) => void obey(message));
