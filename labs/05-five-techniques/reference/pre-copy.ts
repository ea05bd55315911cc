import type { Migration } from 'live-migration-lab';

/** Pre-copy: copy while the guest runs, then again what it dirtied, until the rest fits the downtime. */
export default function* preCopy(m: Migration) {
  let pages = m.guest.allPages();
  for (let round = 1; round <= m.maxRounds; round++) {
    yield m.send(pages); // the guest runs and writes meanwhile
    pages = m.syncDirty();
    if (m.secondsToSend(pages) <= m.downtimeLimit) break;
  }
  m.pause();
  yield m.send(pages);
  yield m.sendState();
  m.resumeAtDestination();
}
