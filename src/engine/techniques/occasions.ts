import type { TechniqueName } from '.';

/** What a technique does with pages that an optimisation may make better. */
export type Occasion =
  /** Sends pages before the hand-over. */
  | 'copy'
  /** Sends pages while the guest runs at the source. */
  | 'live round'
  /** Sends pages once more while the guest runs at the source. */
  | 'later round'
  /** Leaves pages for after the hand-over. */
  | 'rest'
  /** Sends pages unasked after the hand-over. */
  | 'push';

/** The occasions of the techniques as the textbook has them, with any setting. */
export const occasions: Readonly<Record<TechniqueName, readonly Occasion[]>> = {
  'stop-and-copy': ['copy'],
  'demand-paging': ['rest'],
  'post-copy': ['rest', 'push'],
  'pre-copy': ['copy', 'live round', 'later round'],
  hybrid: ['copy', 'live round', 'rest', 'push'],
};
