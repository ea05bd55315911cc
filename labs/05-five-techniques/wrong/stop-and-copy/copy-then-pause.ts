// expect: stale-page (what was written during the copy is old)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
}
