// expect: page-overwritten (the list of missing pages is out of date)
import type { Migration } from 'live-migration-lab';

export default function* postCopy(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  const pages = m.missing().toArray();
  for (let i = 0; i < pages.length; i += 64) yield m.send(m.guest.pages(pages.slice(i, i + 64)));
}
