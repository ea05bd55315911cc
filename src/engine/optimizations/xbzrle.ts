import { withEncoding } from '../encoding/with-encoding';
import { PAGE_SIZE } from '../scenario';
import type { Optimization } from './optimization';
import type { Parameters } from './parameter';

const parameters = {
  cache: {
    meaning: 'How much memory holds sent pages, so that the next version of each can go as a difference.',
    unit: 'bytes',
    default: 64 * 2 ** 20,
    source: 'QEMU’s `xbzrle-cache-size`',
    least: PAGE_SIZE,
    most: 64 * 2 ** 30,
    steps: 'powers of two', // migration/options.c, migrate_params_check
    examples: [16 * 2 ** 20, 64 * 2 ** 20, 256 * 2 ** 20],
  },
} as const satisfies Parameters;
/** The portable encoder manages 2 to 2.5 GB/s (QEMU's commit messages on its AVX-512 encoder): the middle of that. */
const ENCODED_BYTES_PER_SECOND = 2.25e9;

export const xbzrle: Optimization<typeof parameters> = {
  name: 'xbzrle',
  summary:
    'Sends only what changed in a page since it was sent last, as long as a cache of sent pages still has the old version; costs the CPU a comparison, and memory for the cache.',
  helps: 'pre-copy',
  needs: 'later round',
  parameters,
  prepare: (scenario, { cache }) =>
    withEncoding(scenario, {
      kind: 'xbzrle',
      cachePages: cache / PAGE_SIZE,
      encodeSeconds: PAGE_SIZE / ENCODED_BYTES_PER_SECOND,
    }),
  // migration/options.c, migrate_caps_check. It refuses mapped-ram, too, which is no part of this lab.
  excludes: {
    multifd: 'QEMU refuses it: “Multifd is not compatible with xbzrle”. There is one cache, and only the migration thread may use it.',
  },
};
