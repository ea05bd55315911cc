import type { Step } from '../api';
import type { DowntimeParts } from '../report';

/** The part of the downtime that each kind of step is booked to. */
export const PART_OF = {
  send: 'pagesSeconds',
  sendState: 'stateSeconds',
  mirrorStorage: 'waitingSeconds',
  wait: 'waitingSeconds',
} as const satisfies Record<Step['kind'], keyof DowntimeParts>;

/** Where the downtime goes. */
export class Downtime {
  readonly parts: DowntimeParts = { pagesSeconds: 0, stateSeconds: 0, latencySeconds: 0, waitingSeconds: 0 };

  book(part: keyof DowntimeParts, seconds: number): void {
    this.parts[part] = (this.parts[part] ?? 0) + seconds;
  }

  /** Books the time that `work` takes by this clock, also if something breaks meanwhile. */
  during(part: keyof DowntimeParts, clock: { readonly now: number }, work: () => void): void {
    const start = clock.now;
    try {
      work();
    } finally {
      this.book(part, clock.now - start);
    }
  }
}
