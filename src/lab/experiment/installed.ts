import { presets, type Preset } from '../../engine/techniques/hypervisors';
import type { Trace } from '../../engine/trace/trace';
import type { Experiment } from './experiment';
import { shippedTraces, type TraceFiles } from './shipped-traces';

/** What experiments may name beside what the engine always has. */
export interface Installed {
  /** Recorded traces, by the names that `guest.workload` takes. */
  readonly traces: ReadonlyMap<string, Trace>;
  /** Hypervisors, by the names that `preset` takes. */
  readonly presets: Readonly<Record<string, Preset>>;
}

/** What this version has. Enough to read experiments; whoever simulates one needs its traces: `installedWith`. */
export const INSTALLED: Installed = installedWith({});

/** The same with the contents of these traces' files. */
export function installedWith(files: TraceFiles): Installed {
  return { traces: shippedTraces(files), presets };
}

/** The recorded traces that an experiment names, in its sweep too: those whose files its simulation needs. */
export function tracesNamedIn({ settings, sweep }: Experiment, { traces }: Installed = INSTALLED): string[] {
  const swept = sweep.filter(({ key }) => key === 'guest.workload').flatMap(({ values }) => values.map(({ value }) => value));
  const named = [settings['guest.workload'], ...swept].filter((value): value is string => typeof value === 'string');
  return [...new Set(named)].filter((name) => traces.has(name));
}
