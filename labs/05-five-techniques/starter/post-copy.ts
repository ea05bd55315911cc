import type { Migration } from 'live-migration-lab';

/**
 * Post-copy: hand over first, as in demand paging, and then push the pages without being asked,
 * so that the source is free after one copy of the memory. Page faults are served ahead of your sends.
 */
export default function* postCopy(m: Migration) {
  // YOUR TURN.
}
