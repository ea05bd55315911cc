// expect: stale-page (a live copy without discarding what was written meanwhile)
import type { Migration } from 'live-migration-lab';

export default function* postCopy(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  yield m.send(m.missing());
}
