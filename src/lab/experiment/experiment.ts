import { techniques, type TechniqueName } from '../../engine';
import type { Choice } from '../../engine/optimizations';
import type { Scenario } from '../../engine/scenario';
import type { WorldChoice } from './world';

/** What an experiment document says, read and checked, with nothing filled in yet. */
export interface Experiment {
  /** The settings that the document gives. The rest has the defaults of the key table. */
  readonly settings: Readonly<Partial<Settings>>;
  /** What breaks, in the order of its times. */
  readonly faults?: Scenario['faults'];
  /** At least one. */
  readonly techniques: readonly TechniqueRef[];
  readonly sweep: readonly SweepAxis[];
  /** Where a notebook runs it; left out: in the simulator. */
  readonly world?: WorldChoice;
}

/** Where a migration takes place: in the engine, or between two real QEMU processes. */
export type World = 'simulator' | 'qemu';

/** A technique of the engine by name, or a strategy in a file beside the document; and what is done to it. */
export type TechniqueRef = Refinement &
  ({ readonly name: TechniqueName; readonly file?: undefined } | { readonly file: string; readonly name?: undefined });

export interface Refinement {
  /** Optimisations; the first is the closest to the strategy. */
  readonly with?: readonly Choice[];
  /** The hypervisor, by name, instead of the document's `preset`. */
  readonly preset?: string;
}

export const TECHNIQUE_NAMES = Object.keys(techniques) as readonly TechniqueName[];

/** One swept key and its values, as read and as the author wrote them. */
export interface SweepAxis {
  readonly key: SettingKey;
  readonly values: readonly { readonly value: Settings[SettingKey]; readonly text: string }[];
}

/** A phase of the guest's work, seconds; what it does not say is as in `guest`. */
export interface PhaseSettings extends Partial<Pick<Settings, PhaseKey>> {
  readonly seconds: number;
  readonly workload?: string;
}
export type PhaseKey =
  'guest.writes' | 'guest.reads' | 'guest.workingSet' | 'guest.workingSetStart' | 'guest.workingSetMoves';

/** Every setting by its path in the document: bytes, pages per second, bytes per second, seconds, fractions, counts. */
export interface Settings {
  'guest.memory': number;
  /** The name of a workload or of a recorded trace, or phases. */
  'guest.workload': string | readonly PhaseSettings[];
  'guest.writes': number;
  'guest.reads': number;
  'guest.workingSet': number;
  'guest.workingSetStart': number;
  'guest.workingSetMoves': number;
  'guest.zero': number;
  'guest.free': number;
  'guest.cache': number;
  'guest.compressed': number;
  'guest.changed': number;
  'guest.duplicates': number;
  'guest.vcpus': number;
  'guest.writers': number;
  'guest.partitioned': boolean;
  'guest.state': number;
  'guest.device': number;
  'guest.deviceTracked': boolean;
  'link.bandwidth': number;
  'link.latency': number;
  'link.background': number;
  'link.queue': number;
  /** The name of a mechanism. */
  tracking: string;
  'tracking.firstWrite': number;
  'tracking.exitPages': number;
  'tracking.exit': number;
  'tracking.scan': number;
  'tracking.read': number;
  'tracking.flush': number;
  'tracking.clearPages': number;
  'stream.zeroPages': boolean;
  'stream.zeroPageCost': number;
  'stream.pageCost': number;
  'stream.channels': number;
  'destination.fault': number;
  'storage.size': number;
  'storage.writes': number;
  'storage.inFlight': number;
  'client.probe': number;
  'client.patience': number;
  'client.announced': boolean;
  'client.firstFrame': number;
  recovers: boolean;
  /** The name of a hypervisor. */
  preset: string;
  downtimeLimit: number;
  maxRounds: number;
  maxBandwidth: number;
  setup: number;
  seed: number;
  ideal: boolean;
}
export type SettingKey = keyof Settings;

/** One simulation that an experiment asks for. */
export interface Run {
  /** Unique within the experiment: the technique, and the point of the sweep if there is one. */
  readonly label: string;
  /** The swept keys and their values as the author wrote them; empty without a sweep. */
  readonly point: Readonly<Record<string, string>>;
  /** With what the preset adds, and without what the optimisations of `technique` change: see `simulationOf`. */
  readonly scenario: Scenario;
  readonly technique: TechniqueRef;
  /** The hypervisor that holds for it, by name. */
  readonly preset?: string;
}

/** Something wrong with a document, in one sentence, and where: 1-based, the end exclusive. */
export interface Problem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
