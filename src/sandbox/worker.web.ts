import type { ToWorker } from '../protocol/worker';
import { doJob } from './do-job';

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => void doJob(data, (answer) => self.postMessage(answer)), { once: true });
