// expect: endless (pages that the guest never touches never leave)
import type { Migration } from 'live-migration-lab';

export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  while (m.missing().size > 0) yield m.wait(1);
}
