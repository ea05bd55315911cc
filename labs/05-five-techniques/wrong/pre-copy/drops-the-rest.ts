// expect: stale-page (the last dirty pages are never sent)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  let pages = m.guest.allPages();
  for (let round = 1; round <= m.maxRounds; round++) {
    yield m.send(pages);
    pages = m.syncDirty();
    if (m.secondsToSend(pages) <= m.downtimeLimit) break;
  }
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
}
