import type { Migration } from '../api';

/**
 * Pure demand paging: hand over first, and send a page only when the guest asks for it. The source is needed for as
 * long as that may be.
 */
export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  let faults = -1;
  while (m.missing().size > 0 && faults < m.faults().length) {
    faults = m.faults().length;
    yield m.wait(1); // a second without a fault: the working set has moved, the rest may never be asked for
  }
}
