import type { Optimization } from './optimization';

/**
 * QEMU's postcopy recovery (docs/devel/migration/postcopy.rst): when the link breaks after the hand-over, both sides
 * wait for it, tell each other what has arrived, and go on. Against the loss of a host it does not help.
 */
export const recovery: Optimization = {
  name: 'recovery',
  summary:
    'A link that breaks after the hand-over does not lose the guest: it waits until the link is back, and what was under way is sent again.',
  helps: 'post-copy',
  needs: 'rest',
  prepare: (scenario) => ({ ...scenario, recovers: true }),
};
