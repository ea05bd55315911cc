import type { Page } from '../api';

/** A place in the strategy's source text, 1-based. */
export interface SourceLocation {
  line: number;
  column: number;
}

/** The last times that each thing happened to one page: enough to say why the destination's copy of it is old. */
export class History {
  sent: number | undefined;
  written: number | undefined;
  /** By a passed-through device, unseen by the CPU's tracking or not. */
  writtenByDevice: number | undefined;
  synced: { seconds: number; where?: SourceLocation } | undefined;

  constructor(readonly page: Page) {}

  /**
   * Why the destination holds an old copy of the page at the hand-over, and which line of the strategy brought it
   * about, if one did.
   */
  explain(): { because: string; where?: SourceLocation } {
    const { sent = 0, written = 0, writtenByDevice = -1, synced } = this;
    if (writtenByDevice > Math.max(sent, written)) {
      return {
        because: `It was sent at ${at(sent)}, and a passed-through device wrote it at ${at(writtenByDevice)}, straight to memory: the dirty bitmap shows only what vCPUs write.`,
      };
    }
    const story = `It was sent at ${at(sent)} and written again at ${at(written)}.`;
    if (!synced || synced.seconds < written) {
      return { because: `${story} Its dirty bit is still set: nobody read the dirty bitmap after that write.` };
    }
    return {
      because: `${story} The dirty bitmap was read at ${at(synced.seconds)}, which cleared the page's dirty bit, but the page was not sent after that.`,
      where: synced.where,
    };
  }
}

/** Seconds for people: to the microsecond. */
export function at(seconds: number): string {
  return `${Number(seconds.toFixed(6))} s`;
}
