import { intercept, type Optimization } from './optimization';

/** An administrator's bounds, and what comes on top of the last round's dirty rate: 100, 500 and 50 Mbit/s. */
const LEAST_BYTES_PER_SECOND = 12.5e6;
const MOST_BYTES_PER_SECOND = 62.5e6;
const MORE_BYTES_PER_SECOND = 6.25e6;
/** So little is sent with the guest paused rather than in another round. */
const FEW_BYTES = 256 * 1024;

/**
 * Dynamic rate limiting (Clark et al., Live Migration of Virtual Machines, NSDI 2005, section 5.3). Approximate, from the
 * literature: the figures are quoted from memory of the paper.
 *
 * Live rounds end as before, or when the next one would have to go faster than the administrator allows, or when hardly
 * anything is left; the latter only under a strategy that asks `secondsToSend()`. The final copy goes as fast as the link.
 */
export const rateAdaptation: Optimization = {
  name: 'rate-adaptation',
  summary:
    'Sends the first round slowly and each later one a little faster than the guest dirtied memory in the last: the network’s other users keep more of it, but the migration takes longer.',
  helps: 'pre-copy',
  wrap: (strategy) =>
    intercept(strategy, (m) => {
      const most = Math.min(MOST_BYTES_PER_SECOND, m.link.bytesPerSecond);
      let rate = Math.min(LEAST_BYTES_PER_SECOND, most);
      let roundStart = 0;
      let stop = false;
      m.limitRate(rate);
      return {
        verbs: {
          syncDirty() {
            const dirty = m.syncDirty();
            const seconds = m.now - roundStart;
            if (m.paused || seconds === 0) return dirty;
            const bytes = dirty.size * m.guest.pageSize;
            const wanted = bytes / seconds + MORE_BYTES_PER_SECOND;
            stop = wanted > most || bytes < FEW_BYTES;
            rate = Math.max(Math.min(wanted, most), Math.min(LEAST_BYTES_PER_SECOND, most));
            roundStart = m.now;
            m.limitRate(rate);
            return dirty;
          },
          // A strategy goes on with live rounds until what is left takes short enough; the final copy goes at full speed.
          secondsToSend: (pages) => (stop ? 0 : (m.secondsToSend(pages) * rate) / m.link.bytesPerSecond),
          pause() {
            m.limitRate(Infinity);
            m.pause();
          },
        },
      };
    }),
};
