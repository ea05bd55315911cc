// expect: stale-page (the guest ran on after the bitmap was read)
import type { Migration } from 'live-migration-lab';

export default function* hybrid(m: Migration) {
  yield m.send(m.guest.allPages());
  m.discard(m.syncDirty());
  yield m.wait(0.1);
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  yield m.send(m.missing());
}
