// expect: two-copies-running (it copies a guest that is still running)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  yield m.send(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
}
