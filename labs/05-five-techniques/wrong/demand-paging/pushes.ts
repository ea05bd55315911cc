// expect: only-on-demand (that is post-copy)
import type { Migration } from 'live-migration-lab';

export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  yield m.send(m.missing());
}
