import type { Migration } from 'live-migration-lab';

/**
 * Stop-and-copy: pause the guest, copy everything once, go on at the destination.
 *
 * This one is complete. Read it as you would read a proof: for each line, ask what would go wrong without it.
 * Hover over a verb (`pause`, `send`, …) to see what it does.
 */
export default function* stopAndCopy(m: Migration) {
  // Subgoal 1: nothing changes any more. From here on the guest does no work: downtime has begun.
  m.pause();

  // Subgoal 2: the destination gets the memory. `send` describes a step; `yield` lets it happen, and time pass.
  yield m.send(m.guest.allPages());

  // Subgoal 3: the destination gets the vCPUs' registers and the devices' state.
  yield m.sendState();

  // Subgoal 4: hand over. Downtime ends when the guest runs at the destination.
  m.resumeAtDestination();
}
