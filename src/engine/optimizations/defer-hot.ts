import { intercept, type Optimization } from './optimization';

/** How many rounds in a row a page must have been dirty to be left to the final copy (assumption). */
const ROUNDS = 2;

/**
 * The writable working set is not worth sending while the guest runs (Clark et al., NSDI 2005). Which pages belong to
 * it is our reading: those that were dirty in the last two rounds.
 */
export const deferHot: Optimization = {
  name: 'defer-hot',
  summary:
    'Leaves pages that were dirty in the last two rounds to the final copy: fewer bytes, but the downtime must bear all of them.',
  helps: 'pre-copy',
  needs: 'later round',
  wrap: (strategy) =>
    intercept(strategy, (m) => {
      const none = m.guest.pages([]);
      let history = Array.from({ length: ROUNDS }, () => none);
      let hot = none;
      /** Left out; the strategy learns of them when it reads the bitmap next, as if they were dirty. */
      let deferred = none;
      return {
        verbs: {
          syncDirty() {
            const dirty = m.syncDirty();
            history = [...history.slice(1), dirty];
            hot = history.reduce((all, pages) => all.intersect(pages));
            const all = dirty.union(deferred);
            deferred = none;
            return all;
          },
          peekDirty: () => m.peekDirty().union(deferred),
        },
        *send(pages, options) {
          if (m.paused || hot.size === 0) yield m.send(pages, options);
          else {
            deferred = deferred.union(pages.intersect(hot));
            yield m.send(pages.minus(hot), options);
          }
        },
      };
    }),
};
