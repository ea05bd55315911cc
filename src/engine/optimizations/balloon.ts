import { cachedPages } from './cached-pages';
import { LeftOut } from './leaving-out';
import { intercept, type Optimization } from './optimization';

/** A balloon that is inflated once, as far as it goes without taking what is in use. */
export const balloon: Optimization = {
  name: 'balloon',
  summary:
    'A balloon takes the guest’s free pages and its copies of what is on the disk, and they are left out; the guest has less memory until it is deflated, and reads the copies from the disk again, which the figures do not show: the log says how many pages.',
  helps: 'both',
  wrap: (strategy, scenario) =>
    intercept(strategy, (m) => {
      const free = m.freePages().size;
      const cached = cachedPages(m, scenario!).size;
      m.balloon(free + cached);
      m.note(`The balloon took ${free} free pages and ${cached} copies of what is on the disk, which are to be read again.`);
      const leftOut = new LeftOut(m);
      leftOut.add(m.freePages());
      return leftOut.interception;
    }),
  excludes: {
    'self-ballooning': 'a guest has one balloon, and either the host or the guest itself inflates it.',
    'drop-caches': 'the balloon takes the copies of what is on the disk, too.',
  },
};
