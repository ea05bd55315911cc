// expect: nothing-left-behind (only the lower half is sent)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages().first(m.guest.pageCount / 2));
  yield m.sendState();
  m.resumeAtDestination();
}
