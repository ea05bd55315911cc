import { constants } from 'node:os';
import { Interrupted } from './exit';

/** The signals by which people and scripts ask a command to end. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
type Signal = (typeof SIGNALS)[number];

let underWay: AbortController | undefined;
/** The last signal that came. */
let asked: Signal = 'SIGINT';
/** Calls of the system that may never return. */
let stuck = 0;

// As early as this module is loaded: whoever presses Ctrl-C at once gets the same answer as later.
for (const signal of SIGNALS) {
  process.on(signal, () => {
    asked = signal;
    // Nothing is there to be ended in order, or somebody is in a hurry.
    if (!underWay || underWay.signal.aborted) leave();
    underWay.abort(new Interrupted());
  });
}

/** Work that a signal ends in order: its AbortSignal's reason is `Interrupted`. One at a time. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  underWay = abort;
  try {
    return await work(abort.signal);
  } finally {
    underWay = undefined;
  }
}

/** A call of the system that may wait for somebody else for ever, such as opening a pipe that nobody reads. */
export async function mayBlock<T>(call: () => Promise<T>): Promise<T> {
  stuck++;
  return call().finally(() => stuck--);
}

/** One that does not. */
export function promptly<T>(call: () => Promise<T>): Promise<T> {
  return call();
}

/** Ends this process at once, with the exit code that shells give to one that died of the signal: 128 and its number. */
export function leave(): never {
  // An ordinary end would wait for the call. Dying of the signal looks the same to a shell, and waits for nothing.
  if (stuck > 0) {
    process.removeAllListeners(asked);
    process.kill(process.pid, asked);
  }
  process.exit(128 + constants.signals[asked]);
}
