// expect: stops-in-time (it goes on although the rest would fit)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  let pages = m.guest.allPages();
  for (let round = 1; round <= m.maxRounds; round++) {
    yield m.send(pages);
    pages = m.syncDirty();
  }
  m.pause();
  yield m.send(pages);
  yield m.sendState();
  m.resumeAtDestination();
}
