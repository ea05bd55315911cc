import { otherPolicies } from './active-push';
import type { PushPolicy } from './bubbles';
import type { Optimization } from './optimization';
import { pushing } from './push';

/** The number of pivots that the post-copy paper found to be best is about seven. */
const SEVERAL = 7;

/** Prepaging by bubbling, as the post-copy paper defines it: see `Bubbles`. */
function bubbles(name: string, summary: string, policy: PushPolicy): Optimization {
  return {
    name,
    summary,
    helps: 'post-copy',
    wrap: (strategy) => pushing(strategy, policy),
    excludes: otherPolicies(name),
  };
}

export const bubbling = bubbles(
  'bubbling',
  'Pages are pushed around the last fault, on both sides; a guest that works in several places pulls the push to and fro.',
  { pivots: 1, direction: 'both' },
);

export const bubblingForward = bubbles(
  'bubbling-forward',
  'Pages are pushed upwards from the last fault; what the guest needs below it comes last.',
  { pivots: 1, direction: 'forward' },
);

export const bubblingBackward = bubbles(
  'bubbling-backward',
  'Pages are pushed downwards from the last fault; a guest that reads upwards gains nothing, and loses the active push.',
  { pivots: 1, direction: 'backward' },
);

export const bubblingMulti = bubbles(
  'bubbling-multi',
  `Pages are pushed around each of the last ${SEVERAL} faults, in turn; each place gets a share of the link only.`,
  { pivots: SEVERAL, direction: 'both' },
);

export const bubblingForwardMulti = bubbles(
  'bubbling-forward-multi',
  `Pages are pushed upwards from each of the last ${SEVERAL - 1} faults and from page 0, in turn; what the guest needs below comes late.`,
  { pivots: SEVERAL, direction: 'forward' },
);
