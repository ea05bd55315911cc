// expect: every-page-once (a copy of a paused guest needs no second one)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages());
  yield m.send(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
}
