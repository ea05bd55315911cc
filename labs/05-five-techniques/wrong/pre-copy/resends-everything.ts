// expect: only-dirty-pages (each round sends all pages again)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  let pages = m.guest.allPages();
  for (let round = 1; round <= m.maxRounds; round++) {
    yield m.send(m.guest.allPages());
    pages = m.syncDirty();
    if (m.secondsToSend(pages) <= m.downtimeLimit) break;
  }
  m.pause();
  yield m.send(pages);
  yield m.sendState();
  m.resumeAtDestination();
}
