// expect: copies-live (without a live round it is plain post-copy)
import type { Migration } from 'live-migration-lab';

export default function* hybrid(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  while (m.missing().size > 0) yield m.send(m.missing().first(64));
}
