import type { Migration, PageSet } from '../../api';
import stopAndCopy from '../stop-and-copy';
import { withCosts, type Preset } from './preset';

/** "Up to ten passes" (Directions on Microsoft, 2009). */
const MAX_PASSES = 10;

/**
 * Pre-copy as Hyper-V is said to do it: up to ten passes, then the guest is paused. When it stops before that is not
 * published; that it does so once nothing is dirty is an assumption.
 */
export function* hyperVPreCopy(m: Migration) {
  let pages: PageSet = m.guest.allPages();
  for (let pass = 1; pass <= MAX_PASSES && pages.size > 0; pass++) {
    yield m.send(pages);
    pages = m.syncDirty();
  }
  m.pause();
  yield m.send(pages.union(m.syncDirty()));
  yield m.sendState();
  m.resumeAtDestination();
  m.announce();
}

export const hyperV = {
  name: 'hyper-v',
  summary: 'Hyper-V (Directions on Microsoft, 2009): up to ten passes, whatever they leave; its other figures are assumptions.',
  prepare: (scenario) => withCosts(scenario, 'write-protect', {}),
  strategies: { 'stop-and-copy': stopAndCopy, 'pre-copy': hyperVPreCopy },
} satisfies Preset;
