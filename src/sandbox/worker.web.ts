import type { FromWorker, ToWorker } from '../protocol/worker';
import { doJob } from './do-job';

declare const self: DedicatedWorkerGlobalScope;

const answer = (message: FromWorker) => self.postMessage(message);
self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => void doJob(data, answer), { once: true });
