import { TECHNIQUE_NAMES } from './experiment';
import type { Key } from './key';
import { OPTIMIZATION_NAMES } from './parameter-keys';
import { RUN_SETTINGS } from './run-settings';

const NAME_OR_FILE = `one of ${TECHNIQUE_NAMES.join(', ')}, or a file such as \`./strategies/mine.ts\``;
const TECHNIQUE = `${NAME_OR_FILE}, or a mapping such as \`{ use: pre-copy, with: [xbzrle] }\``;

/** The keys that hold more than one value, and those that stand only within them. */
export const STRUCTURES = {
  guest: {
    path: 'guest',
    meaning: 'The virtual machine that is moved.',
    unit: 'mapping',
    accepts: 'a mapping such as `{ memory: 1 GiB, writes: 64 MiB/s }`',
    default: 'every key has its own',
    example: 'guest: { memory: 1 GiB, workload: hot-cold, writes: 64 MiB/s, workingSet: 128 MiB }',
    values: [],
  },
  'guest.workload.for': {
    path: 'guest.workload.for',
    meaning:
      "How long a phase lasts, in seconds of the guest's work. Its other keys are those of `guest` from `workload` to " +
      '`workingSetMoves`; what a phase does not say is as in `guest`.',
    unit: 'seconds',
    accepts: 'a duration in ns, us, ms or s, such as `10 s`',
    default: 'none: each phase says it',
    example: 'for: 10 s, workload: random, writes: 64 MiB/s, workingSet: 128 MiB',
    values: ['1 s', '10 s'],
  },
  link: {
    path: 'link',
    meaning: 'The network between source and destination: a bandwidth, or bandwidth, latency, background traffic and queue.',
    unit: 'mapping',
    accepts: 'a bandwidth such as `1 Gbit/s`, or a mapping such as `{ bandwidth: 1 Gbit/s, latency: 0.1 ms }`',
    default: '1 Gbit/s',
    example: 'link: 1 Gbit/s',
    values: ['1 Gbit/s', '10 Gbit/s', '{ bandwidth: 1 Gbit/s, latency: 0.1 ms }'],
  },
  'tracking.use': {
    path: 'tracking.use',
    meaning: 'The tracking mechanism whose costs are changed by the keys beside it.',
    unit: 'name',
    accepts: 'a tracking mechanism, as `tracking` does',
    default: 'none: the costs beside it belong to a mechanism',
    example: 'use: pml',
    values: [],
  },
  stream: {
    path: 'stream',
    meaning: 'How pages are put into the stream, and what that costs the source. Optimisations add encodings of their own.',
    unit: 'mapping',
    accepts: 'a mapping such as `{ zeroPageCost: 0.5 us, pageCost: 2 us, channels: 2 }`',
    default: 'every key has its own',
    example: 'stream: { zeroPages: true, zeroPageCost: 0.5 us, pageCost: 2 us, channels: 2 }',
    values: [],
  },
  destination: {
    path: 'destination',
    meaning: 'The host that the guest moves to.',
    unit: 'mapping',
    accepts: 'a mapping such as `{ fault: 100 us }`',
    default: 'every key has its own',
    example: 'destination: { fault: 100 us }',
    values: [],
  },
  storage: {
    path: 'storage',
    meaning: 'The disk of the guest. With a size, only the source host has it, and something must copy it; without, both hosts reach it.',
    unit: 'mapping',
    accepts: 'a mapping such as `{ size: 4 GiB, writes: 8 MiB/s }` or `{ inFlight: 5 ms }`',
    default: 'none: both hosts reach the disk',
    example: 'storage: { size: 4 GiB, writes: 8 MiB/s, inFlight: 5 ms }',
    values: [],
  },
  client: {
    path: 'client',
    meaning: 'Somebody on the network who uses the guest, and what that client sees of the migration.',
    unit: 'mapping',
    accepts: 'a mapping such as `{ probe: 100 ms, patience: 5 s }`',
    default: 'none: nobody looks',
    example: 'client: { probe: 100 ms, patience: 5 s, announced: false, firstFrame: 1 s }',
    values: [],
  },
  faults: {
    path: 'faults',
    meaning: 'What breaks, and when: the first of them ends the migration, unless it is over or taken up again.',
    unit: 'list',
    accepts: 'a list such as `[{ link: 3 s, for: 2 s }, { destination: 5 s }]`',
    default: 'none',
    example: 'faults: [{ link: 3 s, for: 2 s }]',
    values: [],
  },
  'faults.link': {
    path: 'faults.link',
    meaning: 'When the link breaks, counted from the start. A break ends the connection, and what is under way is lost; what TCP gets over by sending it again is none.',
    unit: 'seconds',
    accepts: 'a duration in ns, us, ms or s, such as `3 s`',
    default: 'none',
    example: 'link: 3 s, for: 2 s',
    values: ['1 s', '3 s'],
  },
  'faults.for': {
    path: 'faults.for',
    meaning: 'How long the link stays broken.',
    unit: 'seconds',
    accepts: 'a duration in ns, us, ms or s, such as `2 s`',
    default: 'none: each break of the link says it',
    example: 'link: 3 s, for: 2 s',
    values: ['1 s', '2 s'],
  },
  'faults.destination': {
    path: 'faults.destination',
    meaning: 'When the destination host dies, counted from the start.',
    unit: 'seconds',
    accepts: 'a duration in ns, us, ms or s, such as `5 s`',
    default: 'none',
    example: 'destination: 5 s',
    values: ['1 s', '5 s'],
  },
  technique: {
    path: 'technique',
    meaning:
      'How the guest is moved: one of the five textbook techniques, or your own strategy; alone, or with optimisations ' +
      'and under the rules of a hypervisor. Demand paging has no natural end, as a page that is never touched stays at the ' +
      'source: it is over once the guest has asked for nothing for a second, and that second is part of its total time.',
    unit: 'name or mapping',
    accepts: TECHNIQUE,
    default: 'pre-copy',
    example: 'technique: pre-copy',
    values: TECHNIQUE_NAMES,
  },
  'technique.use': {
    path: 'technique.use',
    meaning: 'The technique or the strategy to be refined.',
    unit: 'name',
    accepts: NAME_OR_FILE,
    default: 'none: a mapping says it',
    example: 'use: pre-copy',
    values: TECHNIQUE_NAMES,
  },
  'technique.with': {
    path: 'technique.with',
    meaning:
      'Optimisations, each by its name or with parameters, as in `[xbzrle, { auto-converge: { initial: 30 % } }]`. ' +
      'The first one is the closest to the strategy.',
    unit: 'list',
    accepts: `a list of optimisations out of ${OPTIMIZATION_NAMES.join(', ')}`,
    default: 'none',
    example: 'use: pre-copy, with: [xbzrle, auto-converge]',
    values: OPTIMIZATION_NAMES,
  },
  'technique.preset': {
    path: 'technique.preset',
    meaning: "The hypervisor under whose rules this technique runs, instead of the experiment's `preset`.",
    unit: 'name',
    accepts: RUN_SETTINGS.preset.accepts,
    default: "the experiment's preset",
    example: `use: pre-copy, ${RUN_SETTINGS.preset.example}`,
    values: RUN_SETTINGS.preset.values,
  },
  compare: {
    path: 'compare',
    meaning: 'Several techniques, each run in the same setting. A mapping in it takes the keys of `technique`.',
    unit: 'list',
    accepts: `a list, each entry ${TECHNIQUE}`,
    default: 'none',
    example: 'compare: [stop-and-copy, pre-copy, post-copy]',
    values: TECHNIQUE_NAMES,
  },
  sweep: {
    path: 'sweep',
    meaning:
      'Other keys, each with a list of values: everything is run once for every combination. Not `technique` and ' +
      'what belongs to it: `compare` is for that.',
    unit: 'mapping',
    accepts: 'a mapping from a key to a list of values, such as `{ guest.writes: [0 MiB/s, 64 MiB/s] }`',
    default: 'none',
    example: 'sweep: { guest.writes: [0 MiB/s, 32 MiB/s, 64 MiB/s] }',
    values: [],
  },
} as const satisfies Readonly<Record<string, Key>>;
