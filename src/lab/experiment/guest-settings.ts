import { PAGE_SIZE, WORKLOADS } from '../../engine/scenario';
import { INSTALLED } from './installed';
import { flag, fraction, oneOf, quantityBetween, wholeNumber, type SettingSpec } from './key';
import type { SettingKey } from './experiment';
import { pageRate, size } from './quantity';

const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

export type GuestKey = Extract<SettingKey, `guest.${string}`>;

const traces = [...INSTALLED.traces.keys()];
const workload = oneOf(
  'a workload',
  [...WORKLOADS, ...traces],
  traces.length > 0 ? ' or the name of a recorded trace' : ', and no recorded traces are installed in this version',
);

/** What is said of the guest. The default of its state is an assumption (a small guest's devices), not a measurement. */
export const GUEST_SETTINGS: { readonly [K in GuestKey]: SettingSpec<K> } = {
  'guest.memory': {
    path: 'guest.memory',
    meaning: "The guest's memory. Rounded to whole pages of 4 KiB.",
    default: '1 GiB',
    example: 'memory: 1 GiB',
    values: ['256 MiB', '1 GiB', '4 GiB'],
    ...quantityBetween(size, 'bytes', PAGE_SIZE, TIB),
  },
  'guest.workload': {
    path: 'guest.workload',
    meaning:
      'How the guest touches its working set. `linear`: distinct pages at a constant rate, scattered, and so on. ' +
      '`sequential`: in address order. `once`: each page once, in address order, and then none any more. ' +
      '`random`: uniformly. `hot-cold`: 90 % of touches go to 10 % of it. `idle`: not at all. ' +
      'Or a list of phases, one after the other and then again from the first; or the name of a recorded trace.',
    default: 'random',
    example: 'workload: hot-cold',
    ...workload,
    acceptsAlone: workload.accepts,
    accepts: `${workload.accepts}, or a list of phases such as \`[{ for: 10 s, writes: 64 MiB/s }, { for: 5 s, workload: idle }]\``,
  },
  'guest.writes': {
    path: 'guest.writes',
    meaning: 'Page writes per second, all vCPUs together. In bytes: pages × 4 KiB.',
    default: '32 MiB/s',
    example: 'writes: 64 MiB/s',
    values: ['0 MiB/s', '32 MiB/s', '64 MiB/s', '128 MiB/s'],
    ...quantityBetween(pageRate, 'pages per second', 0, (64 * GIB) / PAGE_SIZE),
  },
  'guest.reads': {
    path: 'guest.reads',
    meaning: 'Page reads per second, all vCPUs together. Reads dirty nothing, but after a hand-over they can fault.',
    default: '0 MiB/s',
    example: 'reads: 64 MiB/s',
    values: ['0 MiB/s', '64 MiB/s', '256 MiB/s'],
    ...quantityBetween(pageRate, 'pages per second', 0, (64 * GIB) / PAGE_SIZE),
  },
  'guest.workingSet': {
    path: 'guest.workingSet',
    meaning: 'The memory that the guest keeps touching. The rest is never touched.',
    default: 'a quarter of guest.memory',
    example: 'workingSet: 128 MiB',
    values: ['64 MiB', '128 MiB', '256 MiB'],
    ...quantityBetween(size, 'bytes', PAGE_SIZE, TIB),
  },
  'guest.workingSetStart': {
    path: 'guest.workingSetStart',
    meaning: 'Where in memory the working set begins. It wraps around the end of memory.',
    default: '0 B',
    example: 'workingSetStart: 512 MiB',
    values: ['0 B', '256 MiB', '512 MiB'],
    ...quantityBetween(size, 'bytes', 0, TIB),
  },
  'guest.workingSetMoves': {
    path: 'guest.workingSetMoves',
    meaning: 'How fast the working set moves up through memory, and around its end, while the guest works.',
    default: '0 MiB/s',
    example: 'workingSetMoves: 16 MiB/s',
    values: ['0 MiB/s', '4 MiB/s', '16 MiB/s'],
    ...quantityBetween(pageRate, 'pages per second', 0, (64 * GIB) / PAGE_SIZE),
  },
  'guest.zero': {
    path: 'guest.zero',
    meaning: 'The fraction of pages that hold only zeros until they are written; they sit at the top of memory.',
    default: '0',
    example: 'zero: 0.3',
    values: ['0', '0.3', '0.5'],
    ...fraction,
  },
  'guest.free': {
    path: 'guest.free',
    meaning:
      "The fraction of pages that the guest's system has given to nobody; they sit at the top of memory, where they " +
      'may be zero pages as well.',
    default: '0',
    example: 'free: 0.4',
    values: ['0', '0.2', '0.4'],
    ...fraction,
  },
  'guest.cache': {
    path: 'guest.cache',
    meaning: 'The fraction of pages that hold copies of what is on the disk; they sit below the free ones.',
    default: '0',
    example: 'cache: 0.2',
    values: ['0', '0.2', '0.4'],
    ...fraction,
  },
  'guest.compressed': {
    path: 'guest.compressed',
    meaning: 'The mean size of a page after compression, as a fraction of a page. Matters to encodings that compress.',
    default: '1',
    example: 'compressed: 0.5',
    values: ['0.3', '0.5', '1'],
    ...fraction,
  },
  'guest.changed': {
    path: 'guest.changed',
    meaning: 'How many bytes one write changes. Matters to encodings that send differences.',
    default: '64 B',
    example: 'changed: 64 B',
    values: ['8 B', '64 B', '4 KiB'],
    ...quantityBetween(size, 'bytes', 1, PAGE_SIZE),
    accepts: 'a size up to a page, such as `64 B` or `4 KiB`',
  },
  'guest.duplicates': {
    path: 'guest.duplicates',
    meaning: 'The fraction of pages whose content occurs more than once in the guest, until they are written.',
    default: '0',
    example: 'duplicates: 0.2',
    values: ['0', '0.2', '0.5'],
    ...fraction,
  },
  'guest.vcpus': {
    path: 'guest.vcpus',
    meaning: 'How many virtual CPUs share the work. One that waits for a page does not stop the others.',
    default: '1',
    example: 'vcpus: 4',
    values: ['1', '2', '4', '8'],
    ...wholeNumber(1, 1024),
  },
  'guest.writers': {
    path: 'guest.writers',
    meaning: 'How many of the vCPUs write; the others only read.',
    default: 'as many as guest.vcpus',
    example: 'vcpus: 4, writers: 1',
    values: ['1', '2'],
    ...wholeNumber(1, 1024),
  },
  'guest.partitioned': {
    path: 'guest.partitioned',
    meaning: 'Does each vCPU keep to its own slice of the working set, as processes do that each work on their own data?',
    default: 'false',
    example: 'vcpus: 4, partitioned: true',
    ...flag,
  },
  'guest.state': {
    path: 'guest.state',
    meaning: "The vCPUs' and devices' state, which moves while the guest is paused.",
    default: '1 MiB',
    example: 'state: 1 MiB',
    values: ['0 B', '1 MiB', '8 MiB'],
    ...quantityBetween(size, 'bytes', 0, GIB),
  },
  'guest.device': {
    path: 'guest.device',
    meaning:
      "Writes of a device that is passed through to the guest, to pages of the working set; the CPU's tracking does " +
      'not see them.',
    default: '0 MiB/s',
    example: 'device: 4 MiB/s',
    values: ['0 MiB/s', '4 MiB/s', '16 MiB/s'],
    ...quantityBetween(pageRate, 'pages per second', 0, (64 * GIB) / PAGE_SIZE),
  },
  'guest.deviceTracked': {
    path: 'guest.deviceTracked',
    meaning: 'Does the device itself report which pages it wrote?',
    default: 'false',
    example: 'device: 4 MiB/s, deviceTracked: true',
    ...flag,
  },
};
