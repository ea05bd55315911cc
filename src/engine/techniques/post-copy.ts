import type { Migration } from '../api';

/**
 * Post-copy: hand over first; push the rest around where the guest is working, while its faults are served ahead of the
 * push.
 */
export default function* postCopy(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  while (m.missing().size > 0) {
    const pivot = m.faults().at(-1) ?? 0;
    yield m.send(m.missing().nearest(pivot, 64));
  }
}
