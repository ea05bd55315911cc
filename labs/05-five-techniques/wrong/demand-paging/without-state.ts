// expect: state-missing (memory comes later, the state cannot)
import type { Migration } from 'live-migration-lab';

export default function* demandPaging(m: Migration) {
  m.pause();
  m.resumeAtDestination();
  for (let served = -1; m.faults().length > served;) {
    served = m.faults().length;
    yield m.wait(1);
  }
}
