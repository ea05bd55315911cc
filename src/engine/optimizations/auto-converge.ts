import type { PageSet } from '../api';
import { intercept, type Optimization } from './optimization';
import { sendInParts } from './send-in-parts';
import { ThrottleTrigger } from './throttle-trigger';

/** QEMU's defaults for cpu-throttle-initial, cpu-throttle-increment and max-cpu-throttle, in per cent (migration/options.c). */
const INITIAL_PERCENT = 20;
const INCREMENT_PERCENT = 10;
const MOST_PERCENT = 99;
/** A throttled vCPU runs for so long, then sleeps until the fraction is right (CPU_THROTTLE_TIMESLICE_NS, cpu-throttle.c). */
const RUN_SECONDS = 0.01;
/** A timer looks so often whether the bitmap was read since it looked last (CPU_THROTTLE_DIRTY_SYNC_TIMESLICE_MS). */
const TIMER_SECONDS = 5;

/**
 * Auto-converge as QEMU 10 does it (migration/ram.c: mig_throttle_guest_down; migration/cpu-throttle.c). In a round
 * that takes longer than its timer, the bitmap is read in between, so that the throttle need not wait for the round's
 * end; not in the first one, which sends everything anyway. What such a reading finds is sent in this round if its turn
 * comes, or else in the next.
 */
export const autoConverge: Optimization = {
  name: 'auto-converge',
  summary:
    'Takes 20 % of CPU time away from the guest, and 10 % more each time, for as long as it dirties memory more than half as fast as it is sent; the whole guest pays, also its readers.',
  helps: 'pre-copy',
  wrap: (strategy) =>
    intercept(strategy, (m) => {
      const none = m.guest.pages([]);
      const trigger = new ThrottleTrigger();
      let percent = 0;
      let rounds = 0;
      let syncs = 0;
      let timerWentOffAt = 0;
      let syncsThen = 0;
      /** Found by a reading that the strategy did not ask for, and not sent since. */
      let waiting = none;

      /** Reads the bitmap while these pages are waiting to be sent. */
      const sync = (left: PageSet): PageSet => {
        const dirty = m.syncDirty();
        syncs++;
        const dirtied = dirty.minus(left).minus(waiting).size;
        if (trigger.synced(m.now, m.bytesSent, dirtied) && !m.paused) {
          percent = percent === 0 ? INITIAL_PERCENT : Math.min(MOST_PERCENT, percent + INCREMENT_PERCENT);
          m.throttle(percent / 100, { runSeconds: RUN_SECONDS });
          m.note(`auto-converge: ${percent} %`);
        }
        return dirty;
      };

      const nextTimer = () => timerWentOffAt + TIMER_SECONDS;
      const watchTimer = (left: PageSet) => {
        if (m.now < nextTimer() || m.paused) return;
        while (m.now >= nextTimer()) timerWentOffAt += TIMER_SECONDS;
        if (rounds > 0 && syncs === syncsThen) waiting = waiting.union(sync(left));
        syncsThen = syncs;
      };

      return {
        verbs: {
          syncDirty() {
            if (m.bytesSent > 0) rounds++;
            const dirty = waiting.union(sync(m.unsent()));
            waiting = none;
            return dirty;
          },
          peekDirty: () => waiting.union(m.peekDirty()),
        },
        *send(pages, options) {
          watchTimer(pages);
          yield* sendInParts(m, pages, options, {
            nextStop: nextTimer,
            stopped(sent, left) {
              if (waiting.size > 0) waiting = waiting.minus(sent);
              watchTimer(left);
            },
          });
        },
      };
    }),
  excludes: {
    'dirty-limit': 'QEMU refuses it: “dirty-limit conflicts with auto-converge, either of then available currently”.',
    sdps: 'Both set how much CPU time the guest gets, and each would undo what the other has set.',
    stunning: 'Both set how much CPU time the guest gets, and each would undo what the other has set.',
  },
};
