import type { ToWorker } from '../protocol/worker';
import { jobDoer } from './do-job';

declare const self: DedicatedWorkerGlobalScope;

const obey = jobDoer((answer) => self.postMessage(answer));
self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => void obey(data));
