import type { Migration } from 'live-migration-lab';

/**
 * Hybrid: one live round as in pre-copy, then hand over as in post-copy.
 * What the guest wrote during the live round is stale at the destination. What has to happen to those copies?
 */
export default function* hybrid(m: Migration) {
  // YOUR TURN.
}
