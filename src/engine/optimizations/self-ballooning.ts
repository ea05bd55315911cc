import type { PageSet, SendOptions } from '../api';
import { LeftOut } from './leaving-out';
import { intercept, type Optimization } from './optimization';

/** The post-copy paper's figures (OSR 43(3), 2009): an interval of 4 to 10 s is best; take 95 % of what is free. */
const INTERVAL_SECONDS = 5;
const SHARE = 0.95;

/**
 * Dynamic self-ballooning of the post-copy paper: a driver in the guest inflates the balloon by 95 % of the free
 * memory, and every 5 s by as much of what is free then.
 */
export const selfBallooning: Optimization = {
  name: 'self-ballooning',
  summary:
    'A driver in the guest gives 95 % of its free memory to a balloon every 5 s, and that is left out; when the guest needs it back it has to wait for the balloon, which the figures do not show.',
  helps: 'both',
  wrap: (strategy) =>
    intercept(strategy, (m) => {
      const leftOut = new LeftOut(m);
      let next = m.now;
      const inflate = () => {
        if (m.now < next || m.paused) return;
        next = m.now + INTERVAL_SECONDS;
        const free = m.freePages().minus(leftOut.pages);
        leftOut.add(free.first(Math.floor(SHARE * free.size)));
      };
      inflate();
      const { verbs } = leftOut.interception;
      return {
        verbs,
        *send(pages: PageSet, options: SendOptions) {
          inflate();
          const start = m.now;
          const { seconds = Infinity, bytes } = options;
          let rest = pages;
          // While the guest runs, a send is interrupted whenever the balloon grows. Not one that counts bytes.
          while (!m.paused && bytes === undefined && seconds - (m.now - start) > next - m.now) {
            yield m.send(rest.minus(leftOut.pages), { ...options, seconds: next - m.now });
            rest = m.unsent();
            if (rest.size === 0) return;
            inflate();
          }
          const left = m.resumed ? rest : rest.minus(leftOut.pages);
          yield m.send(left, { ...options, ...(seconds < Infinity && { seconds: Math.max(0, seconds - (m.now - start)) }) });
        },
      };
    }),
  excludes: { balloon: 'a guest has one balloon, and either the host or the guest itself inflates it.' },
};
