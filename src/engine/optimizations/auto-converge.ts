import type { PageSet } from '../api';
import { intercept, type Optimization } from './optimization';
import type { Parameters, ValuesOf } from './parameter';
import { sendInParts } from './send-in-parts';
import { THRESHOLD, ThrottleTrigger } from './throttle-trigger';

/** A throttled vCPU runs for so long, then sleeps until the fraction is right (CPU_THROTTLE_TIMESLICE_NS, cpu-throttle.c). */
const RUN_SECONDS = 0.01;
/** A timer looks so often whether the bitmap was read since it looked last (CPU_THROTTLE_DIRTY_SYNC_TIMESLICE_MS). */
const TIMER_SECONDS = 5;

/** QEMU takes whole per cent only (migration/options.c, migrate_params_check). */
const PERCENT = { unit: 'fraction', least: 0.01, most: 0.99, steps: 0.01 } as const;
const parameters = {
  initial: {
    ...PERCENT,
    meaning: 'What is taken of the CPU time at first.',
    default: 0.2,
    source: 'QEMU’s `cpu-throttle-initial`',
    examples: [0.1, 0.2, 0.5],
  },
  increment: {
    ...PERCENT,
    meaning: 'What is taken in addition each time that this was not enough.',
    default: 0.1,
    source: 'QEMU’s `cpu-throttle-increment`',
    examples: [0.05, 0.1, 0.3],
  },
  max: {
    ...PERCENT,
    meaning: 'The most that is taken.',
    default: 0.99,
    source: 'QEMU’s `max-cpu-throttle`',
    examples: [0.5, 0.8, 0.99],
  },
  threshold: THRESHOLD,
  tailslow: {
    meaning:
      'Is no more taken than would just be enough if the guest dirtied memory in proportion to its CPU time? Then the last steps are small.',
    unit: 'true or false',
    default: false,
    source: 'QEMU’s `cpu-throttle-tailslow`',
  },
} as const satisfies Parameters;

/** The next throttle, in per cent, as integers (migration/ram.c: mig_throttle_guest_down). */
function nextPercent(percent: number, allowedOverDirtied: number, values: ValuesOf<typeof parameters>): number {
  const inPercent = (share: number) => Math.round(100 * share);
  const [initial, increment, max] = [values.initial, values.increment, values.max].map(inPercent);
  if (percent === 0) return initial!;
  const now = 100 - percent;
  const wanted = values.tailslow ? now - Math.floor(now * allowedOverDirtied) : increment!;
  return Math.min(max!, percent + Math.min(increment!, wanted));
}

/**
 * Auto-converge as QEMU 10 does it (migration/ram.c: mig_throttle_guest_down; migration/cpu-throttle.c). In a round
 * that takes longer than its timer, the bitmap is read in between, so that the throttle need not wait for the round's
 * end; not in the first one, which sends everything anyway. What such a reading finds is sent in this round if its turn
 * comes, or else in the next.
 */
export const autoConverge: Optimization<typeof parameters> = {
  name: 'auto-converge',
  summary:
    'Takes 20 % of CPU time away from the guest, and 10 % more each time, for as long as it dirties memory more than half as fast as it is sent; the whole guest pays, also its readers.',
  helps: 'pre-copy',
  needs: 'live round',
  parameters,
  conflict: ({ initial, max }) =>
    max < initial
      ? '`max` is less than `initial`. QEMU refuses it: “max_cpu_throttle expects an integer in the range of cpu_throttle_initial to 99”.'
      : undefined,
  wrap: (strategy, _, values) =>
    intercept(strategy, (m) => {
      const none = m.guest.pages([]);
      const trigger = new ThrottleTrigger(values.threshold);
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
          percent = nextPercent(percent, trigger.allowedOverDirtied, values);
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
