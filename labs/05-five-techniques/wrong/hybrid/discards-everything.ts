// expect: only-stale-pages-twice (the live round was for nothing)
import type { Migration } from 'live-migration-lab';

export default function* hybrid(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  m.discard(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
  yield m.send(m.missing());
}
