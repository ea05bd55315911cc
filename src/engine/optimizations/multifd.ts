import { withStream } from '../encoding/with-encoding';
import type { Scenario } from '../scenario';
import type { Optimization } from './optimization';
import type { Parameters } from './parameter';

/** A packet holds MULTIFD_PACKET_SIZE = 512 KiB of pages. Before them stands its header (migration/multifd.h) … */
const HEADER_BYTES = 320;
/** … and the place of each of its 128 pages, whether it is full or not (multifd_send_setup: packet_len). */
const PLACES_BYTES = 128 * 8;

const parameters = {
  channels: {
    meaning: 'How many connections there are, each with a thread of its own; default: as many as `stream.channels` says, or else 2.',
    unit: 'count',
    default: 2,
    source: 'QEMU’s `multifd-channels`',
    least: 1,
    most: 255,
    defaultIn: ({ stream }: Scenario) => stream?.channels,
    examples: [1, 2, 4, 8],
  },
} as const satisfies Parameters;

export const multifd: Optimization<typeof parameters> = {
  name: 'multifd',
  summary: 'Sends over two connections, each with a thread of its own: finding zeros, compressing and copying go twice as fast, the link does not.',
  // After the hand-over it is over: QEMU sends what a running guest needs over the main connection.
  helps: 'pre-copy',
  needs: 'copy',
  parameters,
  prepare: (scenario, { channels }) => withStream(scenario, { channels, packetBytes: HEADER_BYTES + PLACES_BYTES }),
};
