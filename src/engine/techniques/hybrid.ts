import type { Migration } from '../api';

/**
 * Hybrid: one live round as in pre-copy, then hand over as in post-copy. Only what the live round left stale moves
 * twice.
 */
export default function* hybrid(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  m.discard(m.syncDirty()); // the destination must not run on these old copies
  yield m.sendState();
  m.resumeAtDestination();
  while (m.missing().size > 0) {
    const pivot = m.faults().at(-1) ?? 0;
    yield m.send(m.missing().nearest(pivot, 64));
  }
}
