import { intercept, type Optimization } from './optimization';
import { sendInParts } from './send-in-parts';

/** How often the rates are compared, seconds (assumption). */
const LOOK_SECONDS = 0.1;
/** vCPUs sleep between stretches of work so long, seconds: "milliseconds" (assumption). */
const RUN_SECONDS = 0.001;
/** What the guest may still dirty, as a fraction of what is sent: less than all of it, or rounds would not shrink (assumption). */
const ALLOWED = 0.8;
const MOST = 0.99;

/**
 * Slow-Down During Page Send, vMotion's since vSphere 5.0. VMware says only that vCPUs sleep for milliseconds when pages
 * are dirtied faster than they can be sent; how long they sleep, and how often that is decided, is our reading.
 */
export const sdps: Optimization = {
  name: 'sdps',
  summary:
    'Lets vCPUs sleep for milliseconds while they dirty pages faster than these can be sent, no longer than that, and so that rounds shrink; the whole guest pays.',
  helps: 'pre-copy',
  needs: 'live round',
  wrap: (strategy) =>
    intercept(strategy, (m) => {
      let fraction = 0;
      let lookedAt = 0;
      let dirtyThen = 0;
      let sentSince = 0;
      const look = () => {
        const dirty = m.peekDirty().size;
        const undisturbed = (dirty - dirtyThen) / (1 - fraction);
        const wanted = undisturbed > sentSince ? Math.min(MOST, 1 - (ALLOWED * sentSince) / undisturbed) : 0;
        if (wanted !== fraction) m.throttle(wanted, { runSeconds: RUN_SECONDS });
        fraction = wanted;
        lookedAt = m.now;
        dirtyThen = dirty;
        sentSince = 0;
      };
      return {
        verbs: {
          syncDirty() {
            const dirty = m.syncDirty();
            dirtyThen = sentSince = 0;
            lookedAt = m.now;
            return dirty;
          },
        },
        *send(pages, options) {
          yield* sendInParts(m, pages, options, {
            nextStop: () => lookedAt + LOOK_SECONDS,
            stopped(sent) {
              sentSince += sent.size;
              if (m.now >= lookedAt + LOOK_SECONDS) look();
            },
          });
        },
      };
    }),
  excludes: {
    'dirty-limit': 'Both set how much CPU time the guest gets, and each would undo what the other has set.',
    stunning: 'Both set how much CPU time the guest gets, and each would undo what the other has set.',
  },
};
