// expect: nothing-left-behind (the discarded pages are left to the guest)
import type { Migration } from 'live-migration-lab';

export default function* hybrid(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  m.discard(m.syncDirty());
  yield m.sendState();
  m.resumeAtDestination();
  yield m.wait(0.1);
}
