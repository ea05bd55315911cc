// expect: bad-yield (pause() is not a step)
import type { Migration } from 'live-migration-lab';

export default function* stopAndCopy(m: Migration): Generator<unknown> {
  yield m.pause();
  yield m.send(m.guest.allPages());
  yield m.sendState();
  m.resumeAtDestination();
}
