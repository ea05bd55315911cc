import { intercept, type Optimization } from './optimization';
import { sendInParts } from './send-in-parts';

/** Write faults in one round after which a process is stunned. */
const WRITE_FAULTS = 40;
/** How long a look takes at first, and at least, seconds (assumption). */
const FIRST_LOOK_SECONDS = 0.01;
const SHORTEST_LOOK_SECONDS = 0.001;
/** As still as a guest can be held. */
const MOST = 0.99;

/**
 * Stunning rogue processes (Clark et al., Live Migration of Virtual Machines, NSDI 2005): a process that has made 40
 * write faults in a round sleeps until the round is over. Approximate, from the literature: quoted from memory of the
 * paper. The guest's writers together count as one process (assumption), and writes are counted by looking at the
 * bitmap now and then.
 */
export const stunning: Optimization = {
  name: 'stunning',
  summary:
    'Puts whoever writes much to sleep until the round is over: rounds shrink at once, and the writers do next to nothing meanwhile.',
  helps: 'pre-copy',
  needs: 'live round',
  wrap: (strategy) =>
    intercept(strategy, (m) => {
      let stunned = false;
      let roundStart = 0;
      let look = FIRST_LOOK_SECONDS;
      const wake = () => {
        if (stunned) m.throttle(0);
        stunned = false;
        roundStart = m.now;
        look = FIRST_LOOK_SECONDS;
      };
      return {
        verbs: {
          syncDirty() {
            const dirty = m.syncDirty();
            wake();
            return dirty;
          },
        },
        *send(pages, options) {
          yield* sendInParts(m, pages, options, {
            nextStop: () => (stunned ? Infinity : m.now + look),
            stopped() {
              if (stunned) return;
              const faults = m.peekDirty().size;
              if (faults >= WRITE_FAULTS) {
                stunned = true;
                m.throttle(MOST, { writers: true });
                return;
              }
              // At the pace of the round so far, the next look finds the last fault; nobody wrote yet: look less often.
              const pace = (m.now - roundStart) / faults;
              look = faults === 0 ? 2 * look : Math.max(SHORTEST_LOOK_SECONDS, (WRITE_FAULTS - faults) * pace);
            },
          });
        },
      };
    }),
  excludes: { 'dirty-limit': 'Both set how much CPU time the guest’s writers get, and each would undo what the other has set.' },
};
