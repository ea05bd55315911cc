// expect: nothing-left-behind (what the guest does not touch stays at the source)
import type { Migration } from 'live-migration-lab';

export default function* postCopy(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  for (let served = -1; m.faults().length > served;) {
    served = m.faults().length;
    yield m.wait(1);
  }
}
