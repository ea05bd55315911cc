// expect: keeps-the-link-busy (it waits between its pushes)
import type { Migration } from 'live-migration-lab';

export default function* postCopy(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  while (m.missing().size > 0) {
    yield m.send(m.missing().first(64));
    yield m.wait(0.01);
  }
}
