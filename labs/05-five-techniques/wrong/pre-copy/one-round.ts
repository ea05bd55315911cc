// expect: fits-the-limit (one round is not enough for a busy guest)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  yield m.send(m.syncDirty());
  yield m.sendState();
  m.resumeAtDestination();
}
