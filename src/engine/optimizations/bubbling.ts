import { otherPolicies } from './active-push';
import type { PushPolicy } from './bubbles';
import type { Optimization } from './optimization';
import type { Parameters } from './parameter';
import { pushing } from './push';

const SEVERAL = 7;
const parameters = {
  pivots: {
    meaning: 'Around how many of the newest faults pages are pushed in turn; in one direction, page 0 is one of them.',
    unit: 'count',
    default: SEVERAL,
    source: 'the post-copy paper, which found about seven to be best',
    least: 2,
    most: 64,
    examples: [2, 4, 7, 16],
  },
} as const satisfies Parameters;

/** Prepaging by bubbling around one pivot, as the post-copy paper defines it: see `Bubbles`. */
function bubbles(name: string, summary: string, direction: PushPolicy['direction']): Optimization {
  return {
    name,
    summary,
    helps: 'post-copy',
    needs: 'push',
    wrap: (strategy) => pushing(strategy, { pivots: 1, direction }),
    excludes: otherPolicies(name),
  };
}

/** The same around several. */
function manyBubbles(name: string, summary: string, direction: PushPolicy['direction']): Optimization<typeof parameters> {
  return {
    ...bubbles(name, summary, direction),
    parameters,
    wrap: (strategy, _, { pivots }) => pushing(strategy, { pivots, direction }),
  };
}

export const bubbling = bubbles(
  'bubbling',
  'Pages are pushed around the last fault, on both sides; a guest that works in several places pulls the push to and fro.',
  'both',
);

export const bubblingForward = bubbles(
  'bubbling-forward',
  'Pages are pushed upwards from the last fault; what the guest needs below it comes last.',
  'forward',
);

export const bubblingBackward = bubbles(
  'bubbling-backward',
  'Pages are pushed downwards from the last fault; a guest that reads upwards gains nothing, and loses the active push.',
  'backward',
);

export const bubblingMulti = manyBubbles(
  'bubbling-multi',
  `Pages are pushed around each of the last ${SEVERAL} faults, in turn; each place gets a share of the link only.`,
  'both',
);

export const bubblingForwardMulti = manyBubbles(
  'bubbling-forward-multi',
  `Pages are pushed upwards from each of the last ${SEVERAL - 1} faults and from page 0, in turn; what the guest needs below comes late.`,
  'forward',
);
