import type { Workerish } from './workerish';

/** Starts a web worker. `script` is the text of the bundled `worker.web.js`: it may not come from another origin. */
export function startWorker(script: string): Workerish {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url);
  // Whoever listens is told; nobody else. A worker that is ended while its script is loading fails even after that.
  worker.addEventListener('error', (event) => event.preventDefault());
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.addEventListener('message', ({ data }) => listener(data)),
    onError: (listener) => {
      worker.addEventListener('error', ({ message }) => listener(message || 'it could not be started'));
      worker.addEventListener('messageerror', () => listener('a message could not be read'));
    },
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
