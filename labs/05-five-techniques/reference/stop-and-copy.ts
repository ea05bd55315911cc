import type { Migration } from 'live-migration-lab';

/** Stop-and-copy: pause, copy everything once, go on at the destination. */
export default function* stopAndCopy(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
}
