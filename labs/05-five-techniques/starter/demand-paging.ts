import type { Migration } from 'live-migration-lab';

/**
 * Pure demand paging: hand over first, without any memory. A page moves when the guest at the destination touches it.
 *
 * The engine answers the guest's page faults by itself, as long as your strategy lets time pass.
 * What is left to you: the hand-over, and to decide when the source has waited long enough.
 */
export default function* demandPaging(m: Migration) {
  // YOUR TURN.
}
