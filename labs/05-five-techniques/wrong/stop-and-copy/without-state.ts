// expect: state-missing (memory alone does not run)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages());
  m.resumeAtDestination();
}
