// expect: state-missing (the registers are from before the pause)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  yield m.sendState();
  m.pause();
  yield m.send(m.guest.allPages());
  m.resumeAtDestination();
}
