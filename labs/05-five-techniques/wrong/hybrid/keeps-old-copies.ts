// expect: stale-page (the destination runs on what the live round left behind)
import type { Migration } from 'live-migration-lab';

export default function* hybrid(m: Migration) {
  yield m.send(m.guest.allPages());
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  while (m.missing().size > 0) yield m.send(m.missing().first(64));
}
