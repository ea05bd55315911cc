import { intercept, type Optimization } from './optimization';

/**
 * Clark et al., Live Migration of Virtual Machines, NSDI 2005, and Xen until 2015 (xc_domain_save.c): the bitmap is
 * looked at once more just before a page goes. Approximate, from the literature.
 */
export const skipDirty: Optimization = {
  name: 'skip-dirty',
  summary:
    'Leaves out of a live round each page that is dirty again when its turn comes, as it would have to be sent once more anyway; costs a second look at the bitmap.',
  helps: 'pre-copy',
  needs: 'live round',
  wrap: (strategy) =>
    intercept(strategy, (m) => ({
      *send(pages, options) {
        // Once the guest is paused, there is no later round for what is left out.
        yield m.send(pages, m.paused ? options : { ...options, skipDirty: true });
      },
    })),
};
