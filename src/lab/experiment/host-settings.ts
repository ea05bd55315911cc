import { MECHANISMS } from '../../engine/tracking/tracking';
import type { SettingKey } from './experiment';
import { flag, oneOf, quantityBetween, wholeNumber, type SettingSpec } from './key';
import { bandwidth, duration, size } from './quantity';

export type HostKey =
  | Extract<SettingKey, `${'link' | 'stream' | 'destination' | 'tracking' | 'storage' | 'client'}.${string}`>
  | 'tracking'
  | 'recovers';

const mechanism = oneOf('a tracking mechanism', Object.keys(MECHANISMS));
const OF_THE_MECHANISM = 'what the mechanism costs';
/** Of a step that takes micro- or milliseconds on every machine there is. */
const cost = quantityBetween(duration, 'seconds', 0, 1);

/** What is said of the two hosts and what lies between them. The default of the latency is an assumption: one switch. */
export const HOST_SETTINGS: { readonly [K in HostKey]: SettingSpec<K> } = {
  'link.bandwidth': {
    path: 'link.bandwidth',
    meaning: 'What the link between source and destination carries. `link: 1 Gbit/s` is short for it.',
    default: '1 Gbit/s',
    example: 'bandwidth: 1 Gbit/s',
    values: ['1 Gbit/s', '10 Gbit/s', '25 Gbit/s'],
    ...quantityBetween(bandwidth, 'bytes per second', 125, 1.25e12),
  },
  'link.latency': {
    path: 'link.latency',
    meaning: 'How long a bit takes from source to destination, one way.',
    default: '0.1 ms',
    example: 'latency: 0.1 ms',
    values: ['0.1 ms', '1 ms', '20 ms'],
    ...quantityBetween(duration, 'seconds', 0, 10),
  },
  'link.background': {
    path: 'link.background',
    meaning: 'What other traffic takes of the bandwidth all the time. The migration has the rest.',
    default: '0 Mbit/s',
    example: 'background: 200 Mbit/s',
    values: ['0 Mbit/s', '200 Mbit/s', '500 Mbit/s'],
    ...quantityBetween(bandwidth, 'bytes per second', 0, 1.25e12),
  },
  'link.queue': {
    path: 'link.queue',
    meaning: "What the source's socket takes before it leaves: the hand-over, and a page that the destination asks for, queue behind it.",
    default: '0 B',
    example: 'queue: 256 KiB',
    values: ['0 B', '256 KiB', '4 MiB'],
    ...quantityBetween(size, 'bytes', 0, 1024 ** 3),
  },
  tracking: {
    path: 'tracking',
    meaning:
      'How the source finds out which pages were written, and what that costs the guest and the migration. ' +
      '`none` costs nothing.',
    default: 'none',
    example: 'tracking: pml',
    ...mechanism,
    acceptsAlone: mechanism.accepts,
    accepts: `${mechanism.accepts}, or a mapping such as \`{ use: pml, exit: 10 us }\``,
  },
  'tracking.firstWrite': {
    path: 'tracking.firstWrite',
    meaning: "A vCPU's stall at the first write to a page after its dirty bit was cleared.",
    default: OF_THE_MECHANISM,
    example: 'use: write-protect, firstWrite: 2 us',
    values: ['1 us', '2 us', '12 us'],
    ...cost,
  },
  'tracking.exitPages': {
    path: 'tracking.exitPages',
    meaning: 'A vCPU exits once in so many pages that became dirty, because a log or a ring is full; 0: never.',
    default: OF_THE_MECHANISM,
    example: 'use: pml, exitPages: 512',
    values: ['0', '512', '4096'],
    ...wholeNumber(0, 2 ** 24, 'pages'),
  },
  'tracking.exit': {
    path: 'tracking.exit',
    meaning: "A vCPU's stall at such an exit.",
    default: OF_THE_MECHANISM,
    example: 'use: pml, exit: 8 us',
    values: ['8 us', '400 us'],
    ...cost,
  },
  'tracking.scan': {
    path: 'tracking.scan',
    meaning: "The migration thread's time for a reading of the dirty bitmap, for each page of the guest.",
    default: OF_THE_MECHANISM,
    example: 'use: accessed-dirty, scan: 4 ns',
    values: ['0.2 ns', '4 ns'],
    ...cost,
  },
  'tracking.read': {
    path: 'tracking.read',
    meaning: "The migration thread's time for a reading of the dirty bitmap, for each page that was dirty.",
    default: OF_THE_MECHANISM,
    example: 'use: pml, read: 50 ns',
    values: ['50 ns', '100 ns', '1 us'],
    ...cost,
  },
  'tracking.flush': {
    path: 'tracking.flush',
    meaning: "Every vCPU's stall when dirty bits are cleared, because the TLBs are flushed.",
    default: OF_THE_MECHANISM,
    example: 'use: pml, flush: 10 us',
    values: ['10 us', '100 us'],
    ...cost,
  },
  'tracking.clearPages': {
    path: 'tracking.clearPages',
    meaning:
      'Dirty bits are cleared in pieces of so many pages, each when its first page is sent; 0: all at the reading.',
    default: OF_THE_MECHANISM,
    example: 'use: kvm-bitmap, clearPages: 262144',
    values: ['0', '262144'],
    ...wholeNumber(0, 2 ** 28, 'pages'),
  },
  'stream.zeroPages': {
    path: 'stream.zeroPages',
    meaning: 'Are pages that hold only zeros found, and sent as a mark of one byte?',
    default: 'true',
    example: 'zeroPages: false',
    ...flag,
  },
  'stream.zeroPageCost': {
    path: 'stream.zeroPageCost',
    meaning: "The migration thread's CPU time to find that a page holds only zeros.",
    default: '0 us, or what the preset or `zero-pages` takes',
    example: 'zeroPageCost: 0.5 us',
    values: ['0 us', '0.5 us', '1 us'],
    ...cost,
  },
  'stream.pageCost': {
    path: 'stream.pageCost',
    meaning: "The migration thread's CPU time to put a page into the stream in full.",
    default: '0 us',
    example: 'pageCost: 2 us',
    values: ['0 us', '1 us', '2 us'],
    ...cost,
  },
  'stream.channels': {
    path: 'stream.channels',
    meaning: 'How many threads share that CPU time.',
    default: '1, or what `multifd` takes',
    example: 'channels: 2',
    values: ['1', '2', '4', '8'],
    ...wholeNumber(1, 256),
  },
  'destination.fault': {
    path: 'destination.fault',
    meaning: "The destination's CPU time to catch a missing page and to put it in place, beside the network's time.",
    default: '0 us',
    example: 'fault: 100 us',
    values: ['0 us', '50 us', '100 us'],
    ...cost,
  },
  'storage.size': {
    path: 'storage.size',
    meaning: "The guest's disk, if only the source host has it, so that it must be copied.",
    default: 'none: both hosts reach the disk',
    example: 'size: 4 GiB',
    values: ['1 GiB', '4 GiB', '16 GiB'],
    ...quantityBetween(size, 'bytes', 1, 64 * 1024 ** 4),
  },
  'storage.writes': {
    path: 'storage.writes',
    meaning: 'How fast the undisturbed guest writes to that disk.',
    default: '0 MiB/s',
    example: 'size: 4 GiB, writes: 8 MiB/s',
    values: ['0 MiB/s', '8 MiB/s'],
    ...quantityBetween(bandwidth, 'bytes per second', 0, 64 * 1024 ** 3),
  },
  'storage.inFlight': {
    path: 'storage.inFlight',
    meaning: 'How long the requests take that are on their way to the disk, a copied or a shared one, when the guest is paused.',
    default: '0 ms',
    example: 'inFlight: 5 ms',
    values: ['0 ms', '5 ms'],
    ...quantityBetween(duration, 'seconds', 0, 100),
  },
  'client.probe': {
    path: 'client.probe',
    meaning: 'Somebody on the network uses the guest: how often a probe is sent to it.',
    default: '100 ms, if anything is said of a client',
    example: 'probe: 100 ms',
    values: ['10 ms', '100 ms', '1 s'],
    ...quantityBetween(duration, 'seconds', 1e-4, 100),
  },
  'client.patience': {
    path: 'client.patience',
    meaning: "After standing still for so long, the client's TCP connections are given up.",
    default: '60 s, if anything is said of a client',
    example: 'patience: 5 s',
    values: ['5 s', '60 s'],
    ...quantityBetween(duration, 'seconds', 0, 10_000),
  },
  'client.announced': {
    path: 'client.announced',
    meaning:
      'Is the guest announced at the destination (gratuitous ARP): by the strategy when it calls `announce()`, or else by the host ' +
      'as soon as the guest runs there? With false no announcement gets through, whatever the strategy calls.',
    default: 'true, if anything is said of a client',
    example: 'announced: false',
    ...flag,
  },
  'client.firstFrame': {
    path: 'client.firstFrame',
    meaning: 'Without an announcement the network learns where the guest is from the first frame that it sends: after so long.',
    default: '1 s, if `announced` is false',
    example: 'announced: false, firstFrame: 1 s',
    values: ['100 ms', '1 s'],
    ...quantityBetween(duration, 'seconds', 0, 1000),
  },
  recovers: {
    path: 'recovers',
    meaning: 'Is a migration that the link broke after the hand-over taken up again?',
    default: 'false',
    example: 'recovers: true',
    ...flag,
  },
};
