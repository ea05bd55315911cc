import type { Optimization } from './optimization';
import { pushing } from './push';

/** What all that push excludes, but for `self`. */
const policies = [
  'active-push',
  'bubbling',
  'bubbling-forward',
  'bubbling-backward',
  'bubbling-multi',
  'bubbling-forward-multi',
];

/** Only one policy can say which page is pushed next. */
export function otherPolicies(self: string): Record<string, string> {
  const why = 'each of them decides which page is pushed next.';
  return Object.fromEntries(policies.filter((name) => name !== self).map((name) => [name, why]));
}

/** Active push: the baseline that the post-copy paper calls push-only. */
export const activePush: Optimization = {
  name: 'active-push',
  summary:
    'After the hand-over all pages are pushed in address order, and what the guest asks for goes ahead; the push does not look where the guest works.',
  helps: 'post-copy',
  needs: 'push',
  wrap: (strategy) => pushing(strategy, { pivots: 0, direction: 'forward' }),
  excludes: otherPolicies('active-push'),
};
