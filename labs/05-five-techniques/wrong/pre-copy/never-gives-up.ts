// expect: endless (a guest may dirty pages faster than the link carries them)
import type { Migration } from 'live-migration-lab';

export default function* preCopy(m: Migration) {
  let pages = m.guest.allPages();
  while (m.secondsToSend(pages) > m.downtimeLimit) {
    yield m.send(pages);
    pages = m.syncDirty();
  }
  m.pause();
  yield m.send(pages);
  yield m.sendState();
  m.resumeAtDestination();
}
