import { withStream } from '../encoding/with-encoding';
import type { Optimization } from './optimization';

/** QEMU's default for `multifd-channels` (migration/options.c). */
const CHANNELS = 2;
/** A packet holds MULTIFD_PACKET_SIZE = 512 KiB of pages. Before them stands its header (migration/multifd.h) … */
const HEADER_BYTES = 320;
/** … and the place of each of its 128 pages, whether it is full or not (multifd_send_setup: packet_len). */
const PLACES_BYTES = 128 * 8;

export const multifd: Optimization = {
  name: 'multifd',
  summary: 'Sends over two connections, each with a thread of its own: finding zeros, compressing and copying go twice as fast, the link does not.',
  // After the hand-over it is over: QEMU sends what a running guest needs over the main connection.
  helps: 'pre-copy',
  prepare: (scenario) =>
    withStream(scenario, {
      channels: Math.max(CHANNELS, scenario.stream?.channels ?? 1),
      packetBytes: HEADER_BYTES + PLACES_BYTES,
    }),
};
