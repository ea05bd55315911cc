import { withEncoding } from '../encoding/with-encoding';
import { PAGE_SIZE } from '../scenario';
import type { Optimization } from './optimization';

/** QEMU's default for `xbzrle-cache-size`, 64 MiB (migration/options.c). */
const CACHE_PAGES = (64 * 2 ** 20) / PAGE_SIZE;
/** The portable encoder manages 2 to 2.5 GB/s (QEMU's commit messages on its AVX-512 encoder): the middle of that. */
const ENCODED_BYTES_PER_SECOND = 2.25e9;

export const xbzrle: Optimization = {
  name: 'xbzrle',
  summary:
    'Sends only what changed in a page since it was sent last, as long as a cache of sent pages still has the old version; costs the CPU a comparison, and memory for the cache.',
  helps: 'pre-copy',
  prepare: (scenario) =>
    withEncoding(scenario, {
      kind: 'xbzrle',
      cachePages: CACHE_PAGES,
      encodeSeconds: PAGE_SIZE / ENCODED_BYTES_PER_SECOND,
    }),
  // migration/options.c, migrate_caps_check. It refuses mapped-ram, too, which is no part of this lab.
  excludes: {
    multifd: 'QEMU refuses it: “Multifd is not compatible with xbzrle”. There is one cache, and only the migration thread may use it.',
  },
};
