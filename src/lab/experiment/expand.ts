import type { Preset } from '../../engine/techniques/hypervisors';
import type { Experiment, Run, Settings, TechniqueRef } from './experiment';
import { INSTALLED, type Installed } from './installed';
import { textOfChoice } from './parameter-keys';
import { toScenarioUnder } from './to-scenario';

/** More runs than anybody reads; a slip such as sweeping four keys by ten values each ends here, not in an hour. */
export const MAX_RUNS = 1000;
/** Real migrations take seconds each, and the guests' memory is real: a sweep of so many is some minutes. */
export const MAX_REAL_RUNS = 60;

/** How many runs the experiment asks for. */
export function countRuns(experiment: Experiment): number {
  return experiment.sweep.reduce((count, axis) => count * axis.values.length, experiment.techniques.length);
}

/**
 * The runs that an experiment asks for: for each point of the sweep (the last key changes fastest) each technique, in
 * the document's order. `parseExperiment` has made sure that there are at most `MAX_RUNS` and that each is possible.
 */
export function expand(experiment: Experiment, installed: Installed = INSTALLED): Run[] {
  return points(experiment).flatMap(({ settings, point }) =>
    experiment.techniques.map((technique) => {
      const preset = presetOf(technique, settings);
      const hypervisor = hypervisorOf(preset, installed);
      return {
        label: [nameOf(technique), ...Object.entries(point).map(([key, text]) => `${key} ${text}`)].join(', '),
        point,
        scenario: toScenarioUnder(hypervisor, settings, experiment.faults, installed),
        technique,
        ...(preset !== undefined && { preset }),
      };
    }),
  );
}

/**
 * How a technique is called in a label and in `Report.technique`: its name, or its file as the document writes it, and
 * what is done to it: `pre-copy (qemu) + xbzrle + auto-converge (initial 30 %)`.
 */
export function nameOf({ name, file, preset, with: optimizations = [] }: TechniqueRef): string {
  return [`${name ?? file}${preset === undefined ? '' : ` (${preset})`}`, ...optimizations.map(textOfChoice)].join(' + ');
}

/** The name of the hypervisor under which a technique runs at a point of the sweep. */
export function presetOf(technique: TechniqueRef, settings: Partial<Settings>): string | undefined {
  const preset = technique.preset ?? settings.preset;
  return preset === 'none' ? undefined : preset;
}

export function hypervisorOf(name: string | undefined, { presets }: Installed): Preset | undefined {
  return name !== undefined && Object.hasOwn(presets, name) ? presets[name] : undefined;
}

/** One combination of the swept values, with the texts of these. */
export interface Point {
  settings: Partial<Settings>;
  point: Record<string, string>;
}

export function points({ settings, sweep }: Experiment): Point[] {
  return sweep.reduce<Point[]>(
    (sofar, { key, values }) =>
      sofar.flatMap((one) =>
        values.map(({ value, text }) => ({
          settings: { ...one.settings, [key]: value },
          point: { ...one.point, [key]: text },
        })),
      ),
    [{ settings, point: {} }],
  );
}
