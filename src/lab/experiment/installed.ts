import { presets, type Preset } from '../../engine/techniques/hypervisors';
import type { Trace } from '../../engine/trace/trace';

/** What experiments may name beside what the engine always has. */
export interface Installed {
  /** Recorded traces, by the names that `guest.workload` takes. */
  readonly traces: ReadonlyMap<string, Trace>;
  /** Hypervisors, by the names that `preset` takes. */
  readonly presets: Readonly<Record<string, Preset>>;
}

/** What this version has. A trace becomes known by an entry here. */
export const INSTALLED: Installed = { traces: new Map(), presets };
