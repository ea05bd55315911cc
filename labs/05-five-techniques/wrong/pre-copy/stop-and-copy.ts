// expect: copies-live (everything is sent while the guest is paused)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
}
