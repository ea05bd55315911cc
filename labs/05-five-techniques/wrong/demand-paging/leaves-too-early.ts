// expect: serves-the-guest (half a second is not enough for every guest)
import type { Migration } from 'live-migration-lab';

export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  yield m.wait(0.5);
}
