// expect: hands-over-at-once (that is pre-copy with one round)
import type { Migration } from 'live-migration-lab';

export default function* hybrid(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  yield m.send(m.syncDirty());
  yield m.sendState();
  m.resumeAtDestination();
}
