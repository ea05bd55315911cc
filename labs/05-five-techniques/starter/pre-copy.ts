import type { Migration } from 'live-migration-lab';

/**
 * Pre-copy: copy while the guest runs, then copy again what it has written meanwhile, and so on; pause it for the rest.
 *
 * The frame stands. Fill in the two places marked YOUR TURN.
 */
export default function* preCopy(m: Migration) {
  // Subgoal 1: live rounds. The first one sends everything.
  let pages = m.guest.allPages();
  for (let round = 1; round <= m.maxRounds; round++) {
    yield m.send(pages);

    // YOUR TURN (1): which pages does the next round have to send?
    // Leave the loop as soon as sending them would take no longer than m.downtimeLimit.
  }

  // Subgoal 2: the rest, while nothing can change any more.
  m.pause();

  // YOUR TURN (2): which pages does the destination still need?

  // Subgoal 3: state, and hand over.
  yield m.sendState();
  m.resumeAtDestination();
}
