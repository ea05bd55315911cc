import type { Migration } from '../../api';
import type { Scenario } from '../../scenario';
import { withCosts, type Preset } from './preset';
import { qemuThread } from './qemu-thread';

/** `max-bandwidth`, unless somebody sets it (migration/options.c). libvirt, for one, always does. */
const MAX_BANDWIDTH = 128 * 2 ** 20;
/** Measured with QEMU 7.2 on one host: about a millisecond from the command to the first page. */
const SETUP_SECONDS = 0.001;
/** Seeing that a page holds only zeros, and sending its mark: 0.48 + 0.07 µs in 393 migrations of QEMU 8.1 over 1 GbE. */
const ZERO_PAGE_SECONDS = 0.55e-6;
/** MIGRATION_PASS 2: the bitmap was read for the second time, so the first pass is over. */
const FIRST_PASS_OVER = 2;

export const qemu = {
  name: 'qemu',
  summary:
    'QEMU 10.2 (migration/migration.c, ram.c): no rounds; the guest is stopped once the rest is predicted to fit the downtime limit, and never if it does not.',
  /**
   * The real default of `max-bandwidth` too, as surprising as it is on a fast link: 128 MiB/s, whatever the link could
   * do. A strategy under it says so in its log, and `maxBandwidth: Infinity` is what libvirt would set.
   */
  prepare: (scenario: Scenario) => ({
    ...withCosts(scenario, 'kvm-bitmap', { zeroPages: true, zeroPageSeconds: ZERO_PAGE_SECONDS }),
    maxBandwidth: scenario.maxBandwidth ?? MAX_BANDWIDTH,
    setupSeconds: scenario.setupSeconds ?? SETUP_SECONDS,
  }),
  strategies: {
    /** `stop`, then `migrate`: the same thread, on a guest that writes nothing. */
    *'stop-and-copy'(m: Migration) {
      m.pause();
      yield* qemuThread(m);
    },
    'pre-copy': (m: Migration) => qemuThread(m),
    /** `migrate-start-postcopy` right after `migrate`: it takes effect once the first window has been sent. */
    'post-copy': (m: Migration) => qemuThread(m, () => true),
    /** QEMU never switches by itself. `virsh migrate --postcopy-after-precopy` does it for it, after the first pass. */
    hybrid: (m: Migration) => qemuThread(m, (_, { syncs }) => syncs >= FIRST_PASS_OVER),
  },
} satisfies Preset;
