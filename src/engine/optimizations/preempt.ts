import type { Optimization } from './optimization';

/**
 * QEMU's postcopy-preempt capability: what the guest asks for has a channel of its own, so that it does not queue
 * behind pages that the source's socket holds already. On a link without a queue (`queueBytes`), there is none to pass.
 */
export const preempt: Optimization = {
  name: 'preempt',
  summary:
    'What the guest asks for goes on a channel of its own, past the pages that wait in the source’s socket; costs a second connection.',
  helps: 'post-copy',
  needs: 'push',
  prepare: (scenario) => ({ ...scenario, link: { ...scenario.link, urgentChannel: true } }),
};
