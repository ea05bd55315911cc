// expect: never-resumed (the guest is left paused)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages());
  yield m.sendState();
}
