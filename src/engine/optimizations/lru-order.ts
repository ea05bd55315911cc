import type { Migration, PageSet } from '../api';
import { intercept, type Optimization } from './optimization';
import { push } from './push';
import { isPushTakenOver, putInOrder } from './push-order';

/** How long the accessed bits are watched before the migration begins, seconds (assumption). */
const WATCH_SECONDS = 1;
/** The most recent pages in one group; each next group is twice as far back. Within a group, pages go by address. */
const FIRST_GROUP = 32;

/**
 * The push goes through memory by recency, as the post-copy paper's LRU order: the pages that the guest used last come
 * first, whatever their addresses. Under bubbling, a bubble grows along this order, so around a fault go pages of the
 * same age.
 */
export const lruOrder: Optimization = {
  name: 'lru-order',
  summary:
    'The push begins with the pages that the guest has used last; the guest is watched for a second before the migration begins.',
  helps: 'post-copy',
  needs: 'push',
  wrap: (strategy) =>
    function* (m) {
      m.recentlyUsed(0); // from now on, touches are remembered
      yield m.wait(WATCH_SECONDS);
      const ordered = intercept(strategy, (inner) => ({
        verbs: {
          resumeAtDestination() {
            putInOrder(inner.guest, groupsByAge(inner));
            inner.resumeAtDestination();
          },
        },
        *send(pages, options) {
          if (inner.resumed && !isPushTakenOver(inner.guest)) yield* push(inner, { pivots: 0, direction: 'forward' });
          else yield inner.send(pages, options);
        },
      }));
      yield* ordered(m);
    },
};

/** The pages that the guest has used, the newest group first. */
function groupsByAge(m: Migration): PageSet[] {
  const groups: PageSet[] = [];
  let younger = 0;
  for (let count = FIRST_GROUP; ; count *= 2) {
    const pages = m.recentlyUsed(count);
    if (pages.size > younger) groups.push(pages);
    if (pages.size < count) return groups;
    younger = pages.size;
  }
}
