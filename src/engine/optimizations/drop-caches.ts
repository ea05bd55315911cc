import { cachedPages } from './cached-pages';
import { LeftOut } from './leaving-out';
import { intercept, type Optimization } from './optimization';

/** The guest gives up its page cache when the migration begins, as Linux does on a write to /proc/sys/vm/drop_caches. */
export const dropCaches: Optimization = {
  name: 'drop-caches',
  summary:
    'The guest drops its copies of what is on the disk, and they are left out; what it needs of them it reads from the disk again, which the figures do not show: the log says how many pages.',
  helps: 'both',
  wrap: (strategy, scenario) =>
    intercept(strategy, (m) => {
      const free = m.freePages();
      const cached = cachedPages(m, scenario!);
      m.balloon(free.size + cached.size); // the verb for taking free pages first, which changes nothing, and then copies
      const mebibytes = ((cached.size * m.guest.pageSize) / 2 ** 20).toFixed(1);
      m.note(`${cached.size} pages (${mebibytes} MiB) with copies of what is on the disk were dropped, and are to be read again.`);
      const leftOut = new LeftOut(m);
      leftOut.add(m.freePages().minus(free));
      return leftOut.interception;
    }),
  excludes: { balloon: 'the balloon takes the copies of what is on the disk, too.' },
};
