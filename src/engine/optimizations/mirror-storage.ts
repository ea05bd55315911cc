import type { Optimization } from './optimization';

/** A disk that only the source has is copied before memory, since it is the slower one to change. */
export const mirrorStorage: Optimization = {
  name: 'mirror-storage',
  summary:
    'Copies the disk first and keeps both copies equal from then on; what the guest writes to its disk takes its share of the link.',
  helps: 'both',
  wrap: (strategy) =>
    function* (m) {
      yield m.mirrorStorage();
      yield* strategy(m);
    },
};
