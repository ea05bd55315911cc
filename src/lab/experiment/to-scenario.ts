import {
  PAGE_SIZE,
  WORKLOADS,
  type Activity,
  type ClientSpec,
  type GuestSpec,
  type Phase,
  type Scenario,
  type StorageSpec,
  type StreamSpec,
  type Workload,
} from '../../engine/scenario';
import type { Preset } from '../../engine/techniques/hypervisors';
import { MECHANISMS, type Mechanism, type TrackingSpec } from '../../engine/tracking/tracking';
import type { PhaseSettings, Settings } from './experiment';
import { INSTALLED, type Installed } from './installed';

/** What the five textbook techniques need when a document says nothing else. See the key table for the words. */
export const DEFAULTS = {
  'guest.memory': 1024 ** 3,
  'guest.workload': 'random',
  'guest.writes': (32 * 1024 ** 2) / PAGE_SIZE,
  'guest.reads': 0,
  'guest.zero': 0,
  'guest.vcpus': 1,
  // Our assumption: registers and a handful of emulated devices.
  'guest.state': 1024 ** 2,
  'link.bandwidth': 125_000_000,
  // Our assumption: two hosts behind one switch.
  'link.latency': 1e-4,
  'link.background': 0,
  downtimeLimit: 0.3,
  maxRounds: 30,
  seed: 1,
  ideal: false,
} as const satisfies Partial<Settings>;

/**
 * What the engine itself takes where nothing is said: such a value may as well be left out. Not what an optimisation
 * would take otherwise: there it makes a difference whether it was said.
 */
const NOTHING_SAID = {
  guest: {
    workingSetStart: 0,
    workingSetMoves: 0,
    freeFraction: 0,
    cacheFraction: 0,
    deviceWritesPerSecond: 0,
    deviceTracked: false,
    partitioned: false,
  },
  content: { compressedFraction: 1, bytesPerWrite: 64, duplicateFraction: 0 },
  link: { queueBytes: 0 },
  stream: { zeroPages: true, fullPageSeconds: 0 },
  destination: { faultSeconds: 0 },
  storage: { inFlightSeconds: 0 },
  client: { announced: true, firstFrameSeconds: 1 },
  run: { recovers: false, setupSeconds: 0, maxBandwidth: Infinity },
} as const;

/** Our assumptions: as often as somebody would ask, and as long as a person waits. Seconds. */
const CLIENT = { probeSeconds: 0.1, patienceSeconds: 60 };

type Given = Partial<Settings>;

/** Fills in the defaults and turns sizes into whole pages: the one place where pages are rounded. */
export function toScenario(
  given: Given,
  faults: Scenario['faults'] = undefined,
  { traces }: Pick<Installed, 'traces'> = INSTALLED,
): Scenario {
  const settings = { ...DEFAULTS, ...given };
  const stream = unlike(NOTHING_SAID.stream, streamOf(given));
  const destination = unlike(NOTHING_SAID.destination, destinationOf(given));
  const tracking = trackingOf(given);
  const storage = storageOf(given);
  const client = clientOf(given);
  return {
    guest: guestOf(given, traces),
    link: {
      bytesPerSecond: settings['link.bandwidth'] - settings['link.background'],
      latency: settings.ideal ? 0 : settings['link.latency'],
      ...unlike(NOTHING_SAID.link, queueOf(given)),
    },
    ...(tracking && { tracking }),
    ...(hasAny(stream) && { stream: { encodings: [], ...stream } }),
    ...(hasAny(destination) && { destination }),
    ...(storage && { storage }),
    ...(client && { client }),
    ...(faults && faults.length > 0 && { faults }),
    downtimeLimit: settings.downtimeLimit,
    maxRounds: settings.maxRounds,
    ...unlike(NOTHING_SAID.run, {
      maxBandwidth: given.maxBandwidth,
      setupSeconds: given.setup,
      recovers: given.recovers,
    }),
    seed: settings.seed,
    ideal: settings.ideal,
  };
}

/** The same under a hypervisor's rules: it fills in what the document leaves open, and no more. */
export function toScenarioUnder(preset: Preset | undefined, ...said: Parameters<typeof toScenario>): Scenario {
  const own = toScenario(...said);
  if (!preset) return own;
  const [given] = said;
  const prepared = preset.prepare(own);
  const stream = present(streamOf(given));
  const destination = present(destinationOf(given));
  const { downtimeLimit, maxRounds, maxBandwidth, recovers, setup: setupSeconds } = given;
  return {
    ...prepared,
    link: {
      ...prepared.link,
      ...present({ latency: given['link.latency'] && own.link.latency, ...queueOf(given) }),
    },
    ...(given.tracking !== undefined && { tracking: own.tracking ?? MECHANISMS.none }),
    ...(hasAny(stream) && { stream: { ...(prepared.stream ?? { encodings: [] }), ...stream } }),
    ...(hasAny(destination) && { destination: { ...prepared.destination, ...destination } }),
    ...present({ downtimeLimit, maxRounds, maxBandwidth, recovers, setupSeconds }),
  };
}

/** Whole pages, at least one. */
export function pagesOf(bytes: number): number {
  return Math.max(1, Math.round(bytes / PAGE_SIZE));
}

/** The guest's memory, bytes: of a recorded one as much as was recorded, if nothing else is said. */
export function memoryOf(given: Given, traces: Installed['traces']): number {
  return given['guest.memory'] ?? bytesOf(traceOf(given, traces)?.pageCount) ?? DEFAULTS['guest.memory'];
}

export function traceOf({ 'guest.workload': workload }: Given, traces: Installed['traces']) {
  return typeof workload === 'string' ? traces.get(workload) : undefined;
}

function guestOf(given: Given, traces: Installed['traces']): GuestSpec {
  const settings = { ...DEFAULTS, ...given };
  const pages = pagesOf(memoryOf(given, traces));
  const workload: Settings['guest.workload'] = settings['guest.workload'];
  const trace = traceOf(given, traces);
  const { 'guest.writers': writers, 'guest.vcpus': vcpus } = settings;
  const content = unlike(NOTHING_SAID.content, {
    compressedFraction: given['guest.compressed'],
    bytesPerWrite: given['guest.changed'],
    duplicateFraction: given['guest.duplicates'],
  });
  return {
    pages,
    ...activityOf(given, isWorkload(workload) ? workload : DEFAULTS['guest.workload'], pages),
    ...(typeof workload === 'object' && { phases: workload.map((phase) => phaseOf(phase, given, pages)) }),
    ...(trace && { trace }),
    zeroFraction: settings.ideal ? 0 : settings['guest.zero'],
    vcpus,
    ...(writers !== undefined && writers !== vcpus && { writers }),
    stateBytes: settings.ideal ? 0 : settings['guest.state'],
    ...(hasAny(content) && { content }),
    ...unlike(NOTHING_SAID.guest, {
      freeFraction: given['guest.free'],
      cacheFraction: given['guest.cache'],
      deviceWritesPerSecond: given['guest.device'],
      deviceTracked: given['guest.deviceTracked'],
      partitioned: given['guest.partitioned'],
    }),
  };
}

function activityOf(given: Given, workload: Workload, pages: number): Activity {
  const settings = { ...DEFAULTS, ...given };
  const idle = workload === 'idle';
  const workingSet = given['guest.workingSet'];
  const start = given['guest.workingSetStart'];
  return {
    workload,
    writesPerSecond: idle ? 0 : settings['guest.writes'],
    readsPerSecond: idle ? 0 : settings['guest.reads'],
    // A quarter: large enough to matter in every technique, small enough that pre-copy has something to win.
    workingSetPages: workingSet === undefined ? Math.max(1, Math.round(pages / 4)) : pagesOf(workingSet),
    ...unlike(NOTHING_SAID.guest, {
      workingSetStart: start === undefined ? undefined : Math.round(start / PAGE_SIZE),
      workingSetMoves: given['guest.workingSetMoves'],
    }),
  };
}

function phaseOf({ seconds, workload, ...own }: PhaseSettings, given: Given, pages: number): Phase {
  const name = workload !== undefined && isWorkload(workload) ? workload : DEFAULTS['guest.workload'];
  return { seconds, ...activityOf({ ...given, ...own }, name, pages) };
}

function trackingOf(given: Given): TrackingSpec | undefined {
  const { tracking = 'none' } = given;
  if (tracking === 'none') return undefined;
  return {
    ...MECHANISMS[tracking as Mechanism],
    ...present({
      firstWriteSeconds: given['tracking.firstWrite'],
      exitPages: given['tracking.exitPages'],
      exitSeconds: given['tracking.exit'],
      scanSecondsPerPage: given['tracking.scan'],
      readSecondsPerDirtyPage: given['tracking.read'],
      flushSeconds: given['tracking.flush'],
      clearChunkPages: given['tracking.clearPages'],
    }),
  };
}

function streamOf(given: Given): Partial<Omit<StreamSpec, 'encodings'>> {
  return {
    zeroPages: given['stream.zeroPages'],
    zeroPageSeconds: given['stream.zeroPageCost'],
    fullPageSeconds: given['stream.pageCost'],
    channels: given['stream.channels'],
  };
}

function destinationOf(given: Given) {
  return { faultSeconds: given['destination.fault'] };
}

function storageOf(given: Given): StorageSpec | undefined {
  const { 'storage.size': bytes = 0, 'storage.inFlight': inFlight = 0 } = given;
  if (bytes === 0 && inFlight === 0) return undefined;
  return {
    bytes,
    writtenBytesPerSecond: given['storage.writes'] ?? 0,
    ...unlike(NOTHING_SAID.storage, { inFlightSeconds: given['storage.inFlight'] }),
  };
}

function clientOf(given: Given): ClientSpec | undefined {
  const said = present({
    probeSeconds: given['client.probe'],
    patienceSeconds: given['client.patience'],
    announced: given['client.announced'],
    firstFrameSeconds: given['client.firstFrame'],
  });
  return hasAny(said) ? { ...CLIENT, ...unlike(NOTHING_SAID.client, said) } : undefined;
}

function queueOf(given: Given) {
  return { queueBytes: given['link.queue'] };
}

function isWorkload(value: unknown): value is Workload {
  return WORKLOADS.some((workload) => workload === value);
}

function bytesOf(pages: number | undefined): number | undefined {
  return pages === undefined ? undefined : pages * PAGE_SIZE;
}

/** Without the values that are not there. */
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Without the values that are not there, or are what holds anyway. */
function unlike<T extends object>(nothingSaid: object, values: T): Partial<T> {
  const known = nothingSaid as Record<string, unknown>;
  const entries = Object.entries(values).filter(([name, value]) => value !== undefined && value !== known[name]);
  return Object.fromEntries(entries) as Partial<T>;
}

function hasAny(values: object): boolean {
  return Object.keys(values).length > 0;
}
