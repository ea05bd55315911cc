import type { Migration, PageSet } from '../../api';
import stopAndCopy from '../stop-and-copy';
import { withCosts, type Preset } from './preset';

/** SPP_MAX_ITERATIONS and SPP_TARGET_DIRTY_COUNT (tools/libs/guest/xg_sr_save.c). */
const MAX_ITERATIONS = 5;
const FEW_PAGES = 50;
/** What the policy is told when nobody has read the bitmap since the last pass. */
const UNKNOWN = -1;

/** `simple_precopy_policy`, the only one that xl installs: is it time to stop? */
function enough(iteration: number, dirtyCount: number): boolean {
  return (dirtyCount >= 0 && dirtyCount < FEW_PAGES) || iteration >= MAX_ITERATIONS;
}

/**
 * Pre-copy as Xen does it today (`send_memory_live`, tools/libs/guest/xg_sr_save.c). The policy is asked twice in each
 * pass: before it, with the number of dirty pages, and after it, without. What it stops on is still sent live, so a set
 * of fewer than 50 pages goes before the pause and is read once more.
 */
export function* xenPreCopy(m: Migration) {
  let dirty: PageSet = m.guest.allPages();
  for (let iteration = 0; ; ) {
    const stop = enough(iteration, dirty.size);
    if (dirty.size > 0) yield m.send(dirty);
    if (stop) break;
    iteration++;
    if (enough(iteration, UNKNOWN)) break;
    dirty = m.syncDirty();
  }
  m.pause();
  yield m.send(m.syncDirty());
  yield m.sendState();
  m.resumeAtDestination();
  m.announce();
}

export const xen = {
  name: 'xen',
  summary:
    'Xen since 2017 (xg_sr_save.c): five live passes, or fewer once a pass has fewer than 50 pages; how long the rest takes is not asked.',
  // Each page goes in full, behind 8 bytes for its number; zero pages too (docs/specs/libxc-migration-stream).
  prepare: (scenario) => withCosts(scenario, 'pml', { zeroPages: false }),
  strategies: { 'stop-and-copy': stopAndCopy, 'pre-copy': xenPreCopy },
} satisfies Preset;
