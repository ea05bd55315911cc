import type { Scenario } from '../scenario';
import { MECHANISMS } from '../tracking/tracking';
import { DirtyLimiter } from './dirty-limiter';
import { intercept, type Optimization } from './optimization';
import type { Parameters } from './parameter';
import { sendInParts } from './send-in-parts';
import { THRESHOLD, ThrottleTrigger } from './throttle-trigger';

/** QEMU's default for `x-vcpu-dirty-limit-period`, 1000 ms (migration/options.c). */
const PERIOD_SECONDS = 1;
/** Entries in a vCPU's ring, if tracking does not say: QEMU's documentation suggests 4096. */
const RING_PAGES = 4096;

const MIB = 2 ** 20;
const parameters = {
  limit: {
    meaning: 'How much each vCPU may dirty in a second.',
    unit: 'bytes per second',
    default: MIB,
    source: 'QEMU’s `vcpu-dirty-limit`, 1 MB/s, by which it means MiB',
    least: MIB,
    most: 65_536 * MIB,
    steps: MIB,
    examples: [MIB, 40 * MIB, 100 * MIB],
  },
  threshold: THRESHOLD,
} as const satisfies Parameters;

/**
 * Dirty limit as QEMU 10 does it (migration/ram.c: migration_dirty_limit_guest; system/dirtylimit.c): the same trigger
 * as auto-converge's, but then each vCPU may dirty only so much a second. It is held back where its ring is full, so
 * vCPUs that only read are not.
 */
export const dirtyLimit: Optimization<typeof parameters> = {
  name: 'dirty-limit',
  summary:
    'Allows each vCPU to dirty 1 MB/s once the guest dirties memory more than half as fast as it is sent; writers pay dearly, readers nothing. Needs the dirty ring.',
  helps: 'pre-copy',
  needs: 'live round',
  parameters,
  // QEMU refuses it otherwise (migration/options.c, migrate_caps_check), whatever it tracks with by default.
  prepare: (scenario) => (isRing(scenario) ? scenario : { ...scenario, tracking: MECHANISMS['dirty-ring'] }),
  wrap: (strategy, { guest, tracking }, { limit, threshold }) =>
    intercept(strategy, (m) => {
      const none = m.guest.pages([]);
      const trigger = new ThrottleTrigger(threshold);
      const limiter = new DirtyLimiter(tracking?.exitPages || RING_PAGES, limit / MIB);
      const writers = Math.max(1, guest.writers ?? guest.vcpus);
      /** When the current period began; undefined: no limit yet. */
      let periodStart: number | undefined;
      let collected = 0;
      /** Read from the rings at the end of a period, and not yet told to the strategy. */
      let logged = none;

      const collect = () => {
        const dirty = m.syncDirty();
        collected += dirty.size;
        return dirty;
      };
      const endPeriod = () => {
        if (periodStart === undefined || m.paused || m.now < periodStart + PERIOD_SECONDS) return;
        logged = logged.union(collect());
        const fraction = limiter.adjust(collected / writers, m.now - periodStart);
        m.throttle(fraction, { writers: true });
        m.note(`dirty-limit: writers sleep ${Math.round(fraction * 100)} % of their time`);
        periodStart = m.now;
        collected = 0;
      };

      return {
        verbs: {
          syncDirty() {
            const all = logged.union(collect());
            logged = none;
            const high = trigger.synced(m.now, m.bytesSent, all.minus(m.unsent()).size);
            if (high && periodStart === undefined && !m.paused) {
              periodStart = m.now;
              collected = 0;
            }
            return all;
          },
          peekDirty: () => logged.union(m.peekDirty()),
        },
        *send(pages, options) {
          endPeriod();
          yield* sendInParts(m, pages, options, {
            nextStop: () => (periodStart === undefined ? Infinity : periodStart + PERIOD_SECONDS),
            stopped: endPeriod,
          });
        },
      };
    }),
};

function isRing({ tracking }: Scenario): boolean {
  return tracking?.mechanism === 'dirty-ring';
}
