import type { Migration } from 'live-migration-lab';

/** Pure demand paging: hand over first, and send a page only when the guest asks for it. */
export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  let served = -1;
  while (m.missing().size > 0 && m.faults().length > served) {
    served = m.faults().length;
    yield m.wait(1); // until a whole second has passed without a fault
  }
}
