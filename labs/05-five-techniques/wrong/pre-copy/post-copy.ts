// expect: no-faults (the guest runs at the destination before its memory is there)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  yield m.send(m.missing());
}
