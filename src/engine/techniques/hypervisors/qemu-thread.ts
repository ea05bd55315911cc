import type { Migration, Step } from '../../api';
import { QemuSweep } from './qemu-sweep';

/** BUFFER_DELAY: the quota is for so long, and after so long the bandwidth is measured (migration/migration.c). */
const WINDOW_SECONDS = 0.1;
/** MAX_WAIT: after so long the sweep is interrupted, to see whether it is time to stop (migration/ram.c). */
const ITERATION_SECONDS = 0.05;
/** QEMU reads its clock in milliseconds. */
const CLOCK_SECONDS = 0.001;
/**
 * How long the background scan of post-copy goes on before it moves to behind the newest request. Requests themselves are
 * always served first. QEMU looks before every page; this is about 60 pages at 1 Gbit/s.
 */
const BACKGROUND_SECONDS = 0.002;

/** Is it time for post-copy? Asked where QEMU looks whether `migrate-start-postcopy` was given. */
export type StartPostcopy = (m: Migration, sweep: QemuSweep) => boolean;

/**
 * QEMU's migration thread (`migration_thread`, migration/migration.c, 10.2). No rounds, and no limit to how long it goes
 * on: the hypervisor's bitmap is read only when what is left, as far as QEMU knows, would fit the downtime; and the
 * guest is stopped as soon as what was read is predicted to fit. What is sent in a window is a quota, at the speed of the
 * link; the final copy has no quota.
 */
export function* qemuThread(m: Migration, startPostcopy: StartPostcopy = () => false): Generator<Step, void, void> {
  noteQuota(m);
  const sweep = new QemuSweep(m);
  sweep.sync(); // the set-up reads the bitmap too: dirty-sync-count is 1 before the first page
  if (yield* liveUntilItFits(m, sweep, startPostcopy)) yield* postcopy(m, sweep);
  else yield* complete(m, sweep);
}

/** Returns true if it is time for post-copy, false if the rest is predicted to fit the downtime. */
function* liveUntilItFits(m: Migration, sweep: QemuSweep, startPostcopy: StartPostcopy): Generator<Step, boolean, void> {
  const quotaBytes = m.maxBandwidth * WINDOW_SECONDS;
  let thresholdBytes = 0; // nothing is known of the bandwidth in the first window
  let window = { start: m.now, bytesSent: m.bytesSent };
  for (let iterations = 0; ; iterations++) {
    if (sweep.pendingBytes < thresholdBytes) {
      sweep.sync();
      yield m.wait(0); // reading the bitmap takes the thread's time now, while the guest runs
    }
    if (iterations > 0 && startPostcopy(m, sweep)) return true;
    if (sweep.pendingBytes <= thresholdBytes) return false;

    yield* sweep.iterate(ITERATION_SECONDS, window.bytesSent + quotaBytes - m.bytesSent);
    if (m.bytesSent - window.bytesSent >= quotaBytes) yield m.wait(Math.max(0, window.start + WINDOW_SECONDS - m.now));

    const elapsed = m.now - window.start;
    if (elapsed < WINDOW_SECONDS - CLOCK_SECONDS / 2) continue;
    thresholdBytes = ((m.bytesSent - window.bytesSent) / elapsed) * m.downtimeLimit;
    window = { start: m.now, bytesSent: m.bytesSent };
  }
}

/** What became dirty since the bitmap was read last comes on top of what was predicted: downtime may exceed its limit. */
function* complete(m: Migration, sweep: QemuSweep): Generator<Step, void, void> {
  if (!m.paused) m.pause();
  sweep.sync();
  yield m.send(sweep.dirty);
  yield m.sendState();
  m.resumeAtDestination();
  m.announce();
}

/** `postcopy_start`: what is dirty again must go from the destination. Then the rest, from behind the last request on. */
function* postcopy(m: Migration, sweep: QemuSweep): Generator<Step, void, void> {
  m.pause();
  sweep.sync();
  m.discard(sweep.dirty);
  yield m.sendState();
  m.resumeAtDestination();
  m.announce();
  for (let position = 0, requests = 0; m.missing().size > 0; ) {
    const faults = m.faults();
    if (faults.length > requests) position = faults.at(-1)! + 1;
    requests = faults.length;
    const missing = m.missing();
    const ahead = missing.between(position, m.guest.pageCount);
    yield m.send(ahead.size > 0 ? ahead : missing, { seconds: BACKGROUND_SECONDS });
  }
}

function noteQuota(m: Migration): void {
  if (m.maxBandwidth >= m.link.bytesPerSecond) return;
  const [quota, link] = [m.maxBandwidth, m.link.bytesPerSecond].map((rate) => `${Math.round(rate / 1e6)} MB/s`);
  m.note(`max-bandwidth is ${quota}, and the link could do ${link}: QEMU sends no faster, but for the final copy.`);
}
