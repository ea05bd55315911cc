import { techniques as textbook } from '../../engine';
import { nameOfChoice } from '../../engine/optimizations';
import { PAGE_SIZE } from '../../engine/scenario';
import type { Experiment, SettingKey, Settings } from './experiment';
import { hypervisorOf, nameOf, points, presetOf } from './expand';
import { INSTALLED, type Installed } from './installed';
import { bandwidth, LONGEST_SECONDS, size } from './quantity';
import { simulationOf } from './simulation';
import { DEFAULTS, memoryOf, pagesOf, toScenario, traceOf } from './to-scenario';

/** Something that cannot be, with the places in the document that it hangs on, the likeliest first. */
export interface Contradiction {
  /** Paths of keys; the entries of `technique` or `compare` by number: `technique 0`, `technique 0 preset`. */
  readonly places: readonly string[];
  readonly message: string;
}

/** Physics that the world of the closed forms does not have. */
const NOT_IDEAL: readonly SettingKey[] = [
  'link.latency',
  'link.queue',
  'guest.state',
  'guest.zero',
  'guest.compressed',
  'guest.changed',
  'guest.duplicates',
  'stream.zeroPages',
  'stream.zeroPageCost',
  'stream.pageCost',
  'stream.channels',
  'destination.fault',
  'storage.size',
  'storage.writes',
  'storage.inFlight',
  'setup',
];

const CONSTANTS: readonly SettingKey[] = [
  'tracking.firstWrite',
  'tracking.exitPages',
  'tracking.exit',
  'tracking.scan',
  'tracking.read',
  'tracking.flush',
  'tracking.clearPages',
];

/** What a recorded trace says itself. */
const IN_THE_TRACE: readonly SettingKey[] = [
  'guest.writes',
  'guest.reads',
  'guest.workingSet',
  'guest.workingSetStart',
  'guest.workingSetMoves',
  'guest.zero',
  'guest.compressed',
  'guest.changed',
  'guest.duplicates',
];

/** Something that can be said only of something else, which has to be there at some point of the sweep. */
interface Attribute {
  readonly key: SettingKey;
  isSaid(given: Given): boolean;
  isOfSomething(given: Given): boolean;
  readonly message: string;
}

const ATTRIBUTES: readonly Attribute[] = [
  {
    key: 'guest.deviceTracked',
    isSaid: (given) => given['guest.deviceTracked'] === true,
    isOfSomething: (given) => (given['guest.device'] ?? 0) > 0,
    message:
      '`guest.deviceTracked` is about a device that is passed through, and there is none: say how much it writes, ' +
      'as in `device: 4 MiB/s`.',
  },
  {
    key: 'client.firstFrame',
    isSaid: (given) => given['client.firstFrame'] !== undefined,
    isOfSomething: (given) => given['client.announced'] === false,
    message: '`client.firstFrame` matters only without an announcement, and there is one: say `announced: false` as well.',
  },
];

/** The first thing that cannot be in some point of the sweep, or in the only one. */
export function impossible(experiment: Experiment, installed: Installed = INSTALLED): Contradiction | undefined {
  const settings = points(experiment).map((point) => point.settings);
  const lonely = ATTRIBUTES.find((one) => {
    const said = settings.filter(one.isSaid);
    return said.length > 0 && !said.some(one.isOfSomething);
  });
  if (lonely) return { places: [lonely.key], message: lonely.message };
  for (const { settings } of points(experiment)) {
    const found =
      impossibleGuest(settings, installed) ??
      impossibleLink(settings, installed) ??
      impossibleTracking(settings) ??
      impossibleStorage(settings) ??
      impossibleIdeal(experiment, settings, installed) ??
      impossibleRing(experiment, settings) ??
      impossibleTechnique(experiment, settings, installed);
    if (found) return found;
  }
  return undefined;
}

type Given = Partial<Settings>;

function impossibleGuest(given: Given, { traces }: Installed): Contradiction | undefined {
  const memory = memoryOf(given, traces);
  const phases = typeof given['guest.workload'] === 'object' ? given['guest.workload'] : [];
  for (const one of [given, ...phases]) {
    const { 'guest.workingSet': workingSet, 'guest.workingSetStart': start } = one;
    if (workingSet !== undefined && pagesOf(workingSet) > pagesOf(memory)) {
      const is = `\`guest.workingSet\` is ${size.write(workingSet)}`;
      const message = `${is}, more than the guest's memory (${size.write(memory)}): it may be at most as large.`;
      return { places: ['guest.workingSet', 'guest.workload', 'guest.memory'], message };
    }
    if (start !== undefined && Math.round(start / PAGE_SIZE) >= pagesOf(memory)) {
      const is = `\`guest.workingSetStart\` is ${size.write(start)}`;
      const message = `${is}, beyond the guest's memory (${size.write(memory)}): it must be less.`;
      return { places: ['guest.workingSetStart', 'guest.workload', 'guest.memory'], message };
    }
  }
  const { 'guest.writers': writers, 'guest.free': free = 0, 'guest.cache': cache = 0 } = given;
  const vcpus = given['guest.vcpus'] ?? DEFAULTS['guest.vcpus'];
  if (writers !== undefined && writers > vcpus) {
    const message = `\`guest.writers\` is ${writers}, more than the guest's vCPUs (${vcpus}): it may be at most as many.`;
    return { places: ['guest.writers', 'guest.vcpus'], message };
  }
  // Two fractions as people write them may add up to a hair more than 1.
  if (free + cache > 1 + 1e-9) {
    const message = `\`guest.free\` (${free}) and \`guest.cache\` (${cache}) are more than all pages: together they may be at most 1.`;
    return { places: ['guest.cache', 'guest.free'], message };
  }
  const trace = traceOf(given, traces);
  if (!trace) return undefined;
  if (trace.pageCount > pagesOf(memory)) {
    const needed = size.write(trace.pageCount * PAGE_SIZE);
    const message = `\`guest.memory\` is ${size.write(memory)}, but the trace is of a guest with ${needed}: it must be at least as large.`;
    return { places: ['guest.memory', 'guest.workload'], message };
  }
  const said = IN_THE_TRACE.find((key) => given[key] !== undefined);
  return said && { places: [said], message: `\`${said}\` contradicts the recorded trace, which says it itself: leave one of the two out.` };
}

function impossibleLink(given: Given, { traces }: Installed): Contradiction | undefined {
  const capacity = given['link.bandwidth'] ?? DEFAULTS['link.bandwidth'];
  const background = given['link.background'] ?? DEFAULTS['link.background'];
  if (background < capacity) return tooSlow(capacity - background, memoryOf(given, traces));
  const is = `\`link.background\` is ${bandwidth.write(background)}`;
  const message = `${is} and leaves nothing of the link's ${bandwidth.write(capacity)}: it must be less.`;
  return { places: ['link.background', 'link.bandwidth'], message };
}

/** A link whose bytes per second would take days for the guest's memory. */
function tooSlow(bytesPerSecond: number, memory: number): Contradiction | undefined {
  const seconds = Math.ceil(memory / bytesPerSecond);
  if (seconds <= LONGEST_SECONDS) return undefined;
  const takes = `The link carries ${bandwidth.write(bytesPerSecond)}: the guest's memory (${size.write(memory)}) takes ${seconds} s`;
  const message = `${takes}, and may take at most ${LONGEST_SECONDS} s. Give it more bandwidth, or the guest less memory.`;
  return { places: ['link.bandwidth', 'link.background', 'guest.memory'], message };
}

function impossibleTracking(given: Given): Contradiction | undefined {
  const cost = CONSTANTS.find((key) => given[key] !== undefined);
  if (cost === undefined || (given.tracking ?? 'none') !== 'none') return undefined;
  const message = `\`${cost}\` is a cost of a tracking mechanism, and there is none: name one, such as \`tracking: { use: pml }\`.`;
  return { places: [cost, 'tracking'], message };
}

function impossibleStorage(given: Given): Contradiction | undefined {
  if (!given['storage.writes'] || given['storage.size'] !== undefined) return undefined;
  const message = '`storage.writes` is about a disk that must be copied, and there is none: give its `storage.size`.';
  return { places: ['storage.writes'], message };
}

function impossibleIdeal({ techniques, faults }: Experiment, given: Given, installed: Installed): Contradiction | undefined {
  if (!given.ideal) return undefined;
  const because = '`ideal: true`, which means no headers, latency, state or zero pages, and free tracking';
  const clash = (...places: string[]) => ({
    places: [...places, 'ideal'],
    message: `\`${places[0]}\` contradicts ${because}: leave one of the two out.`,
  });
  if ((given.tracking ?? 'none') !== 'none') return clash('tracking');
  const contradiction = NOT_IDEAL.find((key) => given[key]);
  if (contradiction) return clash(contradiction);
  const scenario = toScenario(given, faults, installed);
  for (const [i, technique] of techniques.entries()) {
    const preset = presetOf(technique, given);
    if (preset !== undefined) return { ...clash('preset'), places: [`technique ${i} preset`, 'preset', 'ideal'] };
    const run = { label: nameOf(technique), point: {}, scenario, technique };
    const changed = simulationOf(run, textbook['pre-copy']).scenario;
    if (changed.stream === scenario.stream && changed.tracking === scenario.tracking) continue;
    const message = `\`${nameOf(technique)}\` changes what sending or tracking costs, which contradicts ${because}: leave one of the two out.`;
    return { places: [`technique ${i}`, 'ideal'], message };
  }
  return undefined;
}

/** What the preset tracks with gives way to the ring; what the experiment says itself does not. */
function impossibleRing({ techniques }: Experiment, { tracking }: Given): Contradiction | undefined {
  const limited = techniques.findIndex(({ with: choices = [] }) => choices.map(nameOfChoice).includes('dirty-limit'));
  if (tracking === undefined || tracking === 'dirty-ring' || limited < 0) return undefined;
  const message =
    `\`dirty-limit\` holds a vCPU back where its dirty ring is full, and \`tracking\` is \`${tracking}\`. QEMU refuses it: ` +
    "“dirty-limit requires KVM with accelerator property 'dirty-ring-size' set”. " +
    'Write `tracking: dirty-ring`, or leave it out.';
  return { places: ['tracking', `technique ${limited}`], message };
}

function impossibleTechnique({ techniques }: Experiment, given: Given, installed: Installed): Contradiction | undefined {
  for (const [i, technique] of techniques.entries()) {
    const preset = presetOf(technique, given);
    const hypervisor = hypervisorOf(preset, installed);
    if (!hypervisor || technique.name === undefined || hypervisor.strategies[technique.name]) continue;
    const has = Object.keys(hypervisor.strategies).join(', ');
    const message = `The preset \`${preset}\` has no \`${technique.name}\`: it has ${has}.`;
    return { places: [`technique ${i} preset`, `technique ${i}`, 'preset'], message };
  }
  return undefined;
}
