import { PAGE_SIZE, WORKLOADS } from '../../engine/scenario';
import { TECHNIQUE_NAMES, type SettingKey, type Settings } from './experiment';
import { bandwidth, duration, pageRate, size, type Quantity } from './quantity';

/**
 * The table of everything an experiment may say. Parsing, error messages, completion and hover all read it, so a key
 * is added here and nowhere else.
 */
export interface Key {
  /** Where it stands in the document: `guest.memory`. */
  readonly path: string;
  /** One sentence for the hover. */
  readonly meaning: string;
  /** What would be accepted, as it stands in a sentence: `a size in B, …`. */
  readonly accepts: string;
  /** The default as the reader would write it, or a clause. */
  readonly default: string;
  /** A complete line that is right. */
  readonly example: string;
  /** Values that completion offers. */
  readonly values: readonly string[];
}

/** A key that holds one value and can be swept. */
export interface SettingSpec<K extends SettingKey = SettingKey> extends Key {
  readonly path: K;
  /** The value of a scalar, or one clause that says what is wrong with it. */
  read(scalar: string | number | boolean): Settings[K] | { problem: string };
}

const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

/** The defaults of latency and state are assumptions (one switch hop, a small guest's devices), not measurements. */
export const SETTINGS: { readonly [K in SettingKey]: SettingSpec<K> } = {
  'guest.memory': {
    path: 'guest.memory',
    meaning: "The guest's memory. Rounded to whole pages of 4 KiB.",
    default: '1 GiB',
    example: 'memory: 1 GiB',
    values: ['256 MiB', '1 GiB', '4 GiB'],
    ...quantityBetween(size, PAGE_SIZE, TIB),
  },
  'guest.workload': {
    path: 'guest.workload',
    meaning:
      'How the guest touches its working set. `linear`: distinct pages at a constant rate, scattered, and so on. ' +
      '`sequential`: in address order. `random`: uniformly. `hot-cold`: 90 % of touches go to 10 % of it. ' +
      '`idle`: not at all.',
    default: 'random',
    example: 'workload: hot-cold',
    ...oneOf('workload', WORKLOADS, 'recorded traces are not supported yet by this version'),
  },
  'guest.writes': {
    path: 'guest.writes',
    meaning: 'Page writes per second, all vCPUs together. In bytes: pages × 4 KiB.',
    default: '32 MiB/s',
    example: 'writes: 64 MiB/s',
    values: ['0 MiB/s', '32 MiB/s', '64 MiB/s', '128 MiB/s'],
    ...quantityBetween(pageRate, 0, (64 * GIB) / PAGE_SIZE),
  },
  'guest.reads': {
    path: 'guest.reads',
    meaning: 'Page reads per second, all vCPUs together. Reads dirty nothing, but after a hand-over they can fault.',
    default: '0 MiB/s',
    example: 'reads: 64 MiB/s',
    values: ['0 MiB/s', '64 MiB/s', '256 MiB/s'],
    ...quantityBetween(pageRate, 0, (64 * GIB) / PAGE_SIZE),
  },
  'guest.workingSet': {
    path: 'guest.workingSet',
    meaning: 'The memory that the guest keeps touching: its first pages. The rest is never touched.',
    default: 'a quarter of guest.memory',
    example: 'workingSet: 128 MiB',
    values: ['64 MiB', '128 MiB', '256 MiB'],
    ...quantityBetween(size, PAGE_SIZE, TIB),
  },
  'guest.zero': {
    path: 'guest.zero',
    meaning: 'The fraction of pages that hold only zeros until they are written.',
    default: '0',
    example: 'zero: 0.3',
    values: ['0', '0.3', '0.5'],
    accepts: 'a fraction from 0 to 1, such as `0.3`',
    read: readFraction,
  },
  'guest.vcpus': {
    path: 'guest.vcpus',
    meaning: 'How many virtual CPUs share the work. One that waits for a page does not stop the others.',
    default: '1',
    example: 'vcpus: 4',
    values: ['1', '2', '4', '8'],
    ...wholeNumber(1, 1024),
  },
  'guest.state': {
    path: 'guest.state',
    meaning: "The vCPUs' and devices' state, which moves while the guest is paused.",
    default: '1 MiB',
    example: 'state: 1 MiB',
    values: ['0 B', '1 MiB', '8 MiB'],
    ...quantityBetween(size, 0, GIB),
  },
  'link.bandwidth': {
    path: 'link.bandwidth',
    meaning: 'What the link between source and destination carries. `link: 1 Gbit/s` is short for it.',
    default: '1 Gbit/s',
    example: 'bandwidth: 1 Gbit/s',
    values: ['1 Gbit/s', '10 Gbit/s', '25 Gbit/s'],
    ...quantityBetween(bandwidth, 125, 1.25e12),
  },
  'link.latency': {
    path: 'link.latency',
    meaning: 'How long a bit takes from source to destination, one way.',
    default: '0.1 ms',
    example: 'latency: 0.1 ms',
    values: ['0.1 ms', '1 ms', '20 ms'],
    ...quantityBetween(duration, 0, 10),
  },
  'link.background': {
    path: 'link.background',
    meaning: 'What other traffic takes of the bandwidth all the time. The migration has the rest.',
    default: '0 Mbit/s',
    example: 'background: 200 Mbit/s',
    values: ['0 Mbit/s', '200 Mbit/s', '500 Mbit/s'],
    ...quantityBetween(bandwidth, 0, 1.25e12),
  },
  downtimeLimit: {
    path: 'downtimeLimit',
    meaning: 'The longest downtime that the operator accepts. Pre-copy goes on until what is left fits into it.',
    default: '300 ms',
    example: 'downtimeLimit: 300 ms',
    values: ['30 ms', '300 ms', '1 s'],
    ...quantityBetween(duration, 0, 2000),
  },
  maxRounds: {
    path: 'maxRounds',
    meaning: 'How many live rounds the operator accepts before the guest is paused anyway.',
    default: '30',
    example: 'maxRounds: 30',
    values: ['1', '5', '30'],
    ...wholeNumber(1, 1000),
  },
  seed: {
    path: 'seed',
    meaning: 'Seeds every random choice. The same seed gives the same report, to the byte.',
    default: '1',
    example: 'seed: 1',
    values: ['1', '2', '3'],
    ...wholeNumber(0, 2 ** 32 - 1),
  },
  ideal: {
    path: 'ideal',
    meaning:
      'The world of the closed forms: no headers, no latency, no state, no zero pages, free and instantaneous ' +
      'tracking.',
    default: 'false',
    example: 'ideal: true',
    values: ['true', 'false'],
    accepts: '`true` or `false`',
    read: (scalar) => (typeof scalar === 'boolean' ? scalar : { problem: 'is neither `true` nor `false`' }),
  },
};

const TECHNIQUE_ACCEPTS = `one of ${TECHNIQUE_NAMES.join(', ')}, or a file such as \`./strategies/mine.ts\``;

/** The keys that hold more than one value. */
export const STRUCTURES: Readonly<Record<'guest' | 'link' | 'technique' | 'compare' | 'sweep', Key>> = {
  guest: {
    path: 'guest',
    meaning: 'The virtual machine that is moved.',
    accepts: 'a mapping such as `{ memory: 1 GiB, writes: 64 MiB/s }`',
    default: 'every key has its own',
    example: 'guest: { memory: 1 GiB, workload: hot-cold, writes: 64 MiB/s, workingSet: 128 MiB }',
    values: [],
  },
  link: {
    path: 'link',
    meaning: 'The network between source and destination: a bandwidth, or bandwidth, latency and background traffic.',
    accepts: 'a bandwidth such as `1 Gbit/s`, or a mapping such as `{ bandwidth: 1 Gbit/s, latency: 0.1 ms }`',
    default: '1 Gbit/s',
    example: 'link: 1 Gbit/s',
    values: ['1 Gbit/s', '10 Gbit/s', '{ bandwidth: 1 Gbit/s, latency: 0.1 ms }'],
  },
  technique: {
    path: 'technique',
    meaning: 'How the guest is moved: one of the five textbook techniques, or your own strategy.',
    accepts: TECHNIQUE_ACCEPTS,
    default: 'pre-copy',
    example: 'technique: pre-copy',
    values: TECHNIQUE_NAMES,
  },
  compare: {
    path: 'compare',
    meaning: 'Several techniques, each run in the same setting.',
    accepts: `a list, each entry ${TECHNIQUE_ACCEPTS}`,
    default: 'none',
    example: 'compare: [stop-and-copy, pre-copy, post-copy]',
    values: TECHNIQUE_NAMES,
  },
  sweep: {
    path: 'sweep',
    meaning: 'Other keys, each with a list of values: everything is run once for every combination.',
    accepts: 'a mapping from a key to a list of values, such as `{ guest.writes: [0 MiB/s, 64 MiB/s] }`',
    default: 'none',
    example: 'sweep: { guest.writes: [0 MiB/s, 32 MiB/s, 64 MiB/s] }',
    values: [],
  },
};

/** What later versions will read: refused by name, so that nobody hunts for a typing error. */
export const NOT_YET: Readonly<Record<string, string>> = {
  preset: 'Presets of hypervisors are not supported yet by this version: leave `preset` out',
  with: 'Optimisations (`with`) are not supported yet by this version: name the technique alone',
};

/** Every key, structures first: what completion and hover show. */
export const KEYS: readonly Key[] = [...Object.values(STRUCTURES), ...Object.values(SETTINGS)];

/** The names that may stand at the document's top, under `guest` and under `link`. */
export function namesUnder(parent: '' | 'guest' | 'link'): string[] {
  const paths = KEYS.map((key) => key.path);
  return parent === ''
    ? paths.filter((path) => !path.includes('.'))
    : paths.filter((path) => path.startsWith(`${parent}.`)).map((path) => path.slice(parent.length + 1));
}

function quantityBetween(kind: Quantity, least: number, most: number) {
  return {
    accepts: kind.accepts,
    read(scalar: string | number | boolean): number | { problem: string } {
      const value = kind.read(String(scalar));
      if (typeof value !== 'number') return value;
      if (value < least) return { problem: `is too small; the least is \`${kind.write(least)}\`` };
      if (value > most) return { problem: `is too large; the most is \`${kind.write(most)}\`` };
      return value;
    },
  };
}

function wholeNumber(least: number, most: number) {
  const accepts = `a whole number from ${least} to ${most}`;
  return {
    accepts,
    read: (scalar: string | number | boolean): number | { problem: string } =>
      typeof scalar !== 'number' || !Number.isInteger(scalar)
        ? { problem: 'is not a whole number' }
        : scalar < least || scalar > most
          ? { problem: 'is out of range' }
          : scalar,
  };
}

function oneOf<T extends string>(noun: string, values: readonly T[], note: string) {
  return {
    accepts: `one of ${values.join(', ')}`,
    values,
    read: (scalar: string | number | boolean): T | { problem: string } =>
      values.find((value) => value === scalar) ?? { problem: `is not a ${noun} (${note})` },
  };
}

function readFraction(scalar: string | number | boolean): number | { problem: string } {
  return typeof scalar === 'number' && scalar >= 0 && scalar <= 1
    ? scalar
    : { problem: 'is not a fraction from 0 to 1' };
}
