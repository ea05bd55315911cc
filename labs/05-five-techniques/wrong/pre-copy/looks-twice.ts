// expect: stale-page (looking at the bitmap clears it, so the second look finds nothing)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  yield m.send(m.guest.allPages());
  for (let round = 2; round <= m.maxRounds; round++) {
    if (m.secondsToSend(m.syncDirty()) <= m.downtimeLimit) break;
    yield m.send(m.syncDirty());
  }
  m.pause();
  yield m.send(m.syncDirty());
  yield m.sendState();
  m.resumeAtDestination();
}
