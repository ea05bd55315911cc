/** Monotonic time of this host, seconds: one clock for everything that is seen of a run from outside. */
export function hostSeconds(): number {
  return performance.now() / 1000;
}

/** Resolves after so many seconds; rejects with the signal's reason if it aborts first. */
export function wait(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, seconds * 1000);
    const abort = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** The result of `work`, or what `late` throws after so many seconds, or the signal's reason. */
export async function within<T>(seconds: number, work: Promise<T>, late: () => Error, signal?: AbortSignal): Promise<T> {
  const done = new AbortController();
  const stop = signal ? AbortSignal.any([signal, done.signal]) : done.signal;
  const timeout = wait(seconds, stop).then(() => Promise.reject(late()));
  timeout.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    done.abort();
  }
}
