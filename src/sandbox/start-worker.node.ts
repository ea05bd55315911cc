import { Worker } from 'node:worker_threads';
import type { Workerish } from './workerish';

/** Starts a worker thread. `script` is the path of the bundled `worker.node.js`. */
export function startWorker(script: string): Workerish {
  // Nothing of the host's settings is the learner's business, and a debugger's flags would hold the thread up.
  const worker = new Worker(script, { env: {}, argv: [], execArgv: [] });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
    onError: (listener) => {
      worker.on('error', (error: NodeJS.ErrnoException) =>
        listener(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : error.message),
      );
      worker.on('messageerror', (error) => listener(error.message));
      worker.on('exit', (code) => listener(`it ended early, with exit code ${code}`));
    },
    terminate: () => void worker.terminate(),
  };
}
