import { withEncoding } from '../encoding/with-encoding';
import { PAGE_SIZE } from '../scenario';
import type { Optimization } from './optimization';

/**
 * What one thread compresses at level 1, bytes per second: zlib 1.3.1 and zstd 1.5.7 on a Core i7-9700K at 4.9 GHz, on
 * whole files of the Silesia corpus (zstd's README). That single pages on a server take as long is an assumption.
 */
const ZLIB_BYTES_PER_SECOND = 105e6;
const ZSTD_BYTES_PER_SECOND = 510e6;

const TWICE = 'Both compress every page; a page is compressed once.';

export const compression: Optimization = {
  name: 'compression',
  summary:
    'Compresses every page by itself with zlib, level 1; costs the CPU as much for a page that does not get smaller as for one that does.',
  helps: 'both',
  prepare: (scenario) =>
    withEncoding(scenario, { kind: 'compressed', encodeSeconds: PAGE_SIZE / ZLIB_BYTES_PER_SECOND }),
  excludes: { 'compression-zstd': TWICE },
};

export const compressionZstd: Optimization = {
  name: 'compression-zstd',
  summary: 'Compresses every page by itself with zstd, level 1: as small as with zlib, for a fifth of the CPU time.',
  helps: 'both',
  prepare: (scenario) =>
    withEncoding(scenario, { kind: 'compressed', encodeSeconds: PAGE_SIZE / ZSTD_BYTES_PER_SECOND }),
};
