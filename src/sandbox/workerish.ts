import type { FromWorker, ToWorker } from '../protocol/worker';

/** A worker of either host, as far as a job needs one. */
export interface Workerish {
  post(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** It crashed, could not be started, or ended by itself. `reason` is for people, without a full stop. */
  onError(listener: (reason: string) => void): void;
  /** Ends it at once, whatever it is doing. */
  terminate(): void;
}
