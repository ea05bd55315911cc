import { intercept, type Optimization } from './optimization';
import type { Parameters } from './parameter';

const MBIT = 125_000; // bytes per second
const RATE = { unit: 'bytes per second', least: MBIT, most: 1.25e12 } as const;
const parameters = {
  minimum: {
    ...RATE,
    meaning: 'How fast the first round is sent, and the least for each later one.',
    default: 100 * MBIT,
    source: 'approximate, after Clark et al., NSDI 2005',
    examples: [100 * MBIT, 200 * MBIT, 1000 * MBIT],
  },
  maximum: {
    ...RATE,
    meaning: 'When the next round would have to go faster, the guest is paused instead.',
    default: 500 * MBIT,
    source: 'approximate, after Clark et al., NSDI 2005',
    examples: [500 * MBIT, 1000 * MBIT, 5000 * MBIT],
  },
  increment: {
    ...RATE,
    meaning: 'How much faster a round is sent than the guest dirtied memory in the one before.',
    default: 50 * MBIT,
    source: 'approximate, after Clark et al., NSDI 2005',
    examples: [50 * MBIT, 100 * MBIT, 500 * MBIT],
  },
} as const satisfies Parameters;

/** So little is sent with the guest paused rather than in another round. */
const FEW_BYTES = 256 * 1024;
/** The engine takes no rate at which memory would take longer than this, seconds. */
const LONGEST_ROUND_SECONDS = 100_000;

/**
 * Dynamic rate limiting (Clark et al., Live Migration of Virtual Machines, NSDI 2005, section 5.3). Approximate, from the
 * literature: the figures are quoted from memory of the paper.
 *
 * Live rounds end as before, or when the next one would have to go faster than the administrator allows, or when hardly
 * anything is left. A strategy that asks `secondsToSend()` is told that what is left takes no time. Hypervisors have stop
 * rules of their own and do not ask; all of them stop when nothing is dirty. So if another live round is begun after all,
 * nothing of it is sent and nothing more is read, as if nothing were dirty; what was held back comes back with the first
 * reading once the guest is paused. The final copy goes as fast as the link.
 */
export const rateAdaptation: Optimization<typeof parameters> = {
  name: 'rate-adaptation',
  summary:
    'Sends the first round slowly and each later one a little faster than the guest dirtied memory in the last: the network’s other users keep more of it, but the migration takes longer.',
  helps: 'pre-copy',
  needs: 'live round',
  parameters,
  conflict: ({ minimum, maximum }) => (maximum < minimum ? '`maximum` is less than `minimum`.' : undefined),
  wrap: (strategy, _, { minimum, maximum, increment }) =>
    intercept(strategy, (m) => {
      const none = m.guest.pages([]);
      const slowest = Math.ceil((m.guest.pageCount * m.guest.pageSize) / LONGEST_ROUND_SECONDS);
      const most = Math.min(maximum, m.link.bytesPerSecond);
      const least = Math.max(slowest, Math.min(minimum, most));
      let rate = least;
      let round = { start: m.now, bytesSent: m.bytesSent };
      /** It is time to pause the guest. */
      let stop = false;
      /** The strategy went on regardless. */
      let over = false;
      let heldBack = none;
      m.limitRate(rate);
      const takeHeldBack = () => {
        const pages = heldBack;
        heldBack = none;
        return pages;
      };
      return {
        verbs: {
          syncDirty() {
            if (over && !m.paused) return none;
            const dirty = m.syncDirty();
            // A reading before anything was sent, such as QEMU's in its set-up, ends no round.
            if (m.paused || m.bytesSent === round.bytesSent) return dirty.union(takeHeldBack());
            const bytes = dirty.size * m.guest.pageSize;
            const wanted = bytes / (m.now - round.start) + increment;
            stop = wanted > most || bytes < FEW_BYTES;
            rate = Math.max(Math.min(wanted, most), least);
            round = { start: m.now, bytesSent: m.bytesSent };
            m.limitRate(rate);
            return dirty;
          },
          peekDirty: () => (over && !m.paused ? none : m.peekDirty().union(heldBack)),
          // A strategy goes on with live rounds until what is left takes short enough; the final copy goes at full speed.
          secondsToSend: (pages) => (stop ? 0 : (m.secondsToSend(pages) * rate) / m.link.bytesPerSecond),
          pause() {
            m.limitRate(Infinity);
            m.pause();
          },
        },
        *send(pages, options) {
          if (m.paused) {
            // Also for a strategy that reads nothing any more, as nothing was dirty.
            yield m.send(m.resumed ? pages : pages.union(takeHeldBack()), options);
          } else if (stop) {
            over = true;
            heldBack = heldBack.union(pages);
            yield m.send(none, options);
          } else yield m.send(pages, options);
        },
      };
    }),
};
