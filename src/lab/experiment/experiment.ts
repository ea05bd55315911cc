import { techniques, type TechniqueName } from '../../engine';
import type { Scenario, Workload } from '../../engine/scenario';

/** What an experiment document says, read and checked, with nothing filled in yet. */
export interface Experiment {
  /** The settings that the document gives. The rest has the defaults of the key table. */
  readonly settings: Readonly<Partial<Settings>>;
  /** At least one. */
  readonly techniques: readonly TechniqueRef[];
  readonly sweep: readonly SweepAxis[];
}

/** A technique of the engine by name, or a strategy in a file beside the document. */
export type TechniqueRef =
  { readonly name: TechniqueName; readonly file?: undefined } | { readonly file: string; readonly name?: undefined };

export const TECHNIQUE_NAMES = Object.keys(techniques) as readonly TechniqueName[];

/** One swept key and its values, as read and as the author wrote them. */
export interface SweepAxis {
  readonly key: SettingKey;
  readonly values: readonly { readonly value: Settings[SettingKey]; readonly text: string }[];
}

/** Every setting by its path in the document: bytes, pages per second, bytes per second, seconds, fractions, counts. */
export interface Settings {
  'guest.memory': number;
  'guest.workload': Workload;
  'guest.writes': number;
  'guest.reads': number;
  'guest.workingSet': number;
  'guest.zero': number;
  'guest.vcpus': number;
  'guest.state': number;
  'link.bandwidth': number;
  'link.latency': number;
  'link.background': number;
  downtimeLimit: number;
  maxRounds: number;
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
  readonly scenario: Scenario;
  readonly technique: TechniqueRef;
}

/** Something wrong with a document, in one sentence, and where: 1-based, the end exclusive. */
export interface Problem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
