import type { Migration, PageSet } from '../api';
import type { Scenario } from '../scenario';

/**
 * The pages that still hold copies of what is on the disk when a migration begins: the guest's system knows them (they
 * sit below the free ones), and what was written since the start is no longer a copy.
 */
export function cachedPages(m: Migration, { guest }: Scenario): PageSet {
  const { pages, freeFraction = 0, cacheFraction = 0 } = guest;
  const free = pages - Math.round(freeFraction * pages);
  const cached = Math.max(0, free - Math.round(cacheFraction * pages));
  return m.guest.allPages().between(cached, free).minus(m.peekDirty());
}
