// expect: stale-page (bits that were set while the round was sent are cleared unseen)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  let pages = m.guest.allPages();
  for (let round = 1; round <= m.maxRounds; round++) {
    const next = m.syncDirty();
    yield m.send(pages.union(next));
    m.syncDirty(); // "done with these"
    pages = next;
    if (m.secondsToSend(pages) <= m.downtimeLimit) break;
  }
  m.pause();
  yield m.send(pages);
  yield m.sendState();
  m.resumeAtDestination();
}
