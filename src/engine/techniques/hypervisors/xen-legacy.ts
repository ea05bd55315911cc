import type { Migration, PageSet } from '../../api';
import stopAndCopy from '../stop-and-copy';
import { withCosts, type Preset } from './preset';

/** DEF_MAX_ITERS, DEF_MAX_FACTOR, and how few pages are worth no further round (xc_domain_save.c). */
const MAX_ITERATIONS = 29;
const MAX_FACTOR = 3;
const FEW_PAGES = 50;

/**
 * Pre-copy as Xen did it until 2015, which textbooks quote (tools/libxc/xc_domain_save.c): rounds until one had fewer
 * than 50 pages, or 29 were done, or three times the memory was sent. Only the last condition bounds the traffic: the
 * test comes after a round, so at most 3N + N pages go live, and N while the guest is paused.
 */
export function xenLegacyPreCopy({ skipDirty }: { skipDirty: boolean }) {
  return function* (m: Migration) {
    let pages: PageSet = m.guest.allPages();
    for (let iteration = 1; ; iteration++) {
      // What is dirty again when its turn comes would have to go once more anyway. (Xen peeks at the bitmap once for each
      // batch of 1,024 pages, and for a guest with superpages not in the first round.)
      yield m.send(pages, { skipDirty });
      const sentAndSkipped = pages.size;
      if (iteration >= MAX_ITERATIONS) break;
      if (sentAndSkipped < FEW_PAGES) break;
      if (m.pagesSent > MAX_FACTOR * m.guest.pageCount) break;
      pages = m.syncDirty();
    }
    m.pause();
    yield m.send(m.syncDirty());
    yield m.sendState();
    m.resumeAtDestination();
    m.announce();
  };
}

export const xenLegacy = {
  name: 'xen-legacy',
  summary:
    'Xen until 2015 (xc_domain_save.c): up to 29 rounds, skipping what is dirty again, until a round has fewer than 50 pages or three times the memory was sent.',
  // The legacy stream holds every page in full, behind a list of page numbers of 8 bytes each; shadow paging as in Clark
  // et al., NSDI 2005.
  prepare: (scenario) => withCosts(scenario, 'shadow', { zeroPages: false }),
  strategies: { 'stop-and-copy': stopAndCopy, 'pre-copy': xenLegacyPreCopy({ skipDirty: true }) },
} satisfies Preset;
