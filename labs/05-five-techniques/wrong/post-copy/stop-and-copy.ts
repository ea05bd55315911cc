// expect: hands-over-at-once (memory is sent while the guest is paused)
import type { Migration } from 'live-migration-lab';

export default function* postCopy(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
}
