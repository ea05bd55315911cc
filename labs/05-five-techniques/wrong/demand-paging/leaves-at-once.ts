// expect: serves-the-guest (nobody answers the faults)
import type { Migration } from 'live-migration-lab';

export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
}
