import type { Migration, PageSet, SendOptions, Step } from '../api';

/** A part of a send lasts at least so long, seconds: however a stop was reckoned, there is progress. */
const SHORTEST_PART = 1e-6;

/** Somebody who wants to look up from sending now and then. */
export interface Pauses {
  /** When to stop next, in seconds since the start of the migration. */
  nextStop(): number;
  /** These pages were sent, and these are left. */
  stopped(sent: PageSet, left: PageSet): void;
}

/**
 * Sends these pages as one would with `m.send()`, but looks up now and then. A send that is bounded in bytes is short,
 * and one to a paused or running destination is in a hurry: they go in one piece.
 */
export function* sendInParts(
  m: Migration,
  pages: PageSet,
  { seconds = Infinity, bytes, skipDirty }: SendOptions,
  { nextStop, stopped }: Pauses,
): Generator<Step, void, void> {
  if (m.paused) {
    yield m.send(pages, { seconds, bytes, skipDirty });
    return;
  }
  const until = m.now + seconds;
  for (let left = pages; ; ) {
    const part = until <= m.now || bytes !== undefined ? until : Math.min(until, Math.max(nextStop(), m.now + SHORTEST_PART));
    yield m.send(left, { seconds: part - m.now, bytes, skipDirty });
    const sent = left.minus(m.unsent());
    left = m.unsent();
    stopped(sent, left);
    if (left.size === 0 || m.now >= until || bytes !== undefined) return;
  }
}
