// expect: hands-over-at-once (memory is sent while the guest is paused)
import type { Migration } from 'live-migration-lab';

export default function* demandPaging(m: Migration) {
  m.pause();
  yield m.send(m.guest.allPages().first(4096));
  yield m.sendState();
  m.resumeAtDestination();
  for (let served = -1; m.faults().length > served;) {
    served = m.faults().length;
    yield m.wait(1);
  }
}
