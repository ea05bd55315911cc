// expect: stale-page (the guest runs before its old copies are dropped)
import type { Migration } from 'live-migration-lab';

export default function* hybrid(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  m.discard(m.syncDirty());
  yield m.send(m.missing());
}
