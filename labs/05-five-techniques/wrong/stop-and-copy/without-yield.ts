// expect: not-yielded (the step is described and thrown away)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  m.pause();
  m.send(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
}
