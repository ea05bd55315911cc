import type { Migration, PageSet } from '../../api';
import stopAndCopy from '../stop-and-copy';
import { withCosts, type Preset } from './preset';

/** `timeout_s` of send-migration; when it is over, the migration is cancelled (vmm/src/lib.rs). */
const TIMEOUT_SECONDS = 3600;

/** How many pages the model lets the destination pull in one step: the time is the same, the steps are fewer. */
const PULLED_AT_ONCE = 16;

/**
 * Pre-copy as cloud-hypervisor does it (vmm/src/lib.rs): a round for what the log of dirty pages holds, until it holds
 * nothing, or what it holds would take no longer than the downtime limit at the bandwidth of the last round.
 */
export function* cloudHypervisorPreCopy(m: Migration) {
  let table: PageSet = m.guest.allPages();
  for (;;) {
    const { now: start, bytesSent } = m;
    yield m.send(table);
    const bytesPerSecond = (m.bytesSent - bytesSent) / (m.now - start);
    table = m.syncDirty();
    yield m.wait(0); // reading the log takes its time before the pause, not after it
    const bytes = table.size * m.guest.pageSize;
    if (bytes === 0 || bytes / bytesPerSecond <= m.downtimeLimit) break;
    if (m.now >= TIMEOUT_SECONDS) return m.abort(`not converged after ${TIMEOUT_SECONDS} s`);
  }
  m.pause();
  yield m.send(m.syncDirty());
  yield m.send(table); // the two tables are strung together: a page that is in both goes twice
  yield m.sendState();
  m.resumeAtDestination();
  m.announce();
}

/**
 * Post-copy as cloud-hypervisor does it (`uffd_handler_loop`, vmm/src/memory_manager.rs; `serve_postcopy`, vmm/src/lib.rs).
 * The source only answers. The destination's one handler asks for page after page, lowest first, and for each waits for
 * the answer: the link stands idle for a round trip between two pages. Faults come first; that they use the same handler
 * is not modelled.
 */
export function* cloudHypervisorPostCopy(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
  m.announce();
  while (m.missing().size > 0) {
    const pulled = m.missing().first(PULLED_AT_ONCE);
    yield m.send(pulled);
    yield m.wait(pulled.size * 2 * m.link.latency);
  }
}

export const cloudHypervisor = {
  name: 'cloud-hypervisor',
  summary:
    'cloud-hypervisor in 2026 (vmm/src/lib.rs): rounds until the rest fits the downtime limit at the last round’s bandwidth, or cancelled after an hour.',
  // Pages go as ranges of memory, 16 bytes for each range; the engine's 8 bytes for each page stand for that. Zero pages
  // are not looked for; holes in the memory's file are skipped, but only shared memory has one, and by default it is not
  // shared. KVM's bitmap is read and protected again in one go.
  prepare: (scenario) => {
    const prepared = withCosts(scenario, 'kvm-bitmap', { zeroPages: false });
    // It looks at its clock only after a round.
    const patient = { ...prepared, patienceSeconds: 2 * TIMEOUT_SECONDS };
    return scenario.tracking ? patient : { ...patient, tracking: { ...patient.tracking!, clearChunkPages: 0 } };
  },
  strategies: { 'stop-and-copy': stopAndCopy, 'pre-copy': cloudHypervisorPreCopy, 'post-copy': cloudHypervisorPostCopy },
} satisfies Preset;
