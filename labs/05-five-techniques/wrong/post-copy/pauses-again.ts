// expect: bad-call (the guest is at the destination already)
import type { Migration } from 'live-migration-lab';

export default function* postCopy(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  m.pause();
  yield m.send(m.missing());
}
