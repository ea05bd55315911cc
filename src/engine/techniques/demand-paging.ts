import type { Migration } from '../api';

/** It is over once the guest has asked for nothing for so long, seconds (assumption): the rest may never be asked for. */
const SILENCE_SECONDS = 1;

/**
 * Pure demand paging: hand over first, and send a page only when the guest asks for it. A page that the guest never
 * touches never leaves, so there is no natural end. The total time is up to the last page if all of them are asked for,
 * and else up to the end of a second of silence; the source is then still needed.
 */
export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  const start = m.now;
  for (let faults = 0, silentSince = start; m.missing().size > 0 && m.now < silentSince + SILENCE_SECONDS; ) {
    const look = Math.max(0.001, (m.now - start) / 100); // to one per cent of what has passed
    yield m.wait(Math.min(look, silentSince + SILENCE_SECONDS - m.now));
    if (m.faults().length > faults) silentSince = m.now;
    faults = m.faults().length;
  }
}
