import { startWorker } from '../../src/sandbox';

const inBrowser = 'importScripts' in globalThis;

describe('a worker', () => {
  it('that is ended while it starts leaves no error behind', async () => {
    // As large as the lab's own, so that loading it takes a while; what is not caught fails the test.
    const script = inBrowser ? `${' '.repeat(4_000_000)};` : `${__dirname}/../worker.node.js`;
    for (let delay = 0; delay < 40; delay++) {
      const worker = startWorker(script);
      worker.onError(() => undefined);
      await pass(delay);
      worker.terminate();
    }
    await pass(500);
  });
});

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
