import { PAGE_SIZE, type Scenario } from '../../engine/scenario';
import type { Experiment, Run, SettingKey, Settings, TechniqueRef } from './experiment';
import { bandwidth, size } from './quantity';

/** More runs than anybody reads; a slip such as sweeping four keys by ten values each ends here, not in an hour. */
export const MAX_RUNS = 1000;

/** What the five textbook techniques need when a document says nothing else. See the key table for the words. */
const DEFAULTS: Omit<Settings, 'guest.workingSet'> = {
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
};

/** Physics that the world of the closed forms does not have. */
const NOT_IDEAL: readonly SettingKey[] = ['link.latency', 'guest.state', 'guest.zero'];

/** How many runs the experiment asks for. */
export function countRuns(experiment: Experiment): number {
  return experiment.sweep.reduce((count, axis) => count * axis.values.length, experiment.techniques.length);
}

/**
 * The runs that an experiment asks for: for each point of the sweep (the last key changes fastest) each technique, in
 * the document's order. `parseExperiment` has made sure that there are at most `MAX_RUNS` and that each is possible.
 */
export function expand(experiment: Experiment): Run[] {
  return points(experiment).flatMap(({ settings, point }) =>
    experiment.techniques.map((technique) => ({
      label: [nameOf(technique), ...Object.entries(point).map(([key, text]) => `${key} ${text}`)].join(', '),
      point,
      scenario: toScenario(settings),
      technique,
    })),
  );
}

/** How a technique is called in a label and in `Report.technique`: its name, or its file as the document writes it. */
export function nameOf(technique: TechniqueRef): string {
  return technique.name ?? technique.file;
}

/** The first thing that cannot be in some point of the sweep, or in the only one; with the keys that it hangs on. */
export function impossible(experiment: Experiment): { keys: SettingKey[]; message: string } | undefined {
  for (const { settings } of points(experiment)) {
    const memory = settings['guest.memory'] ?? DEFAULTS['guest.memory'];
    const workingSet = settings['guest.workingSet'];
    if (workingSet !== undefined && pagesOf(workingSet) > pagesOf(memory)) {
      const is = `\`guest.workingSet\` is ${size.write(workingSet)}`;
      const message = `${is}, more than the guest's memory (${size.write(memory)}): it may be at most as large.`;
      return { keys: ['guest.workingSet', 'guest.memory'], message };
    }
    const capacity = settings['link.bandwidth'] ?? DEFAULTS['link.bandwidth'];
    const background = settings['link.background'] ?? DEFAULTS['link.background'];
    if (background >= capacity) {
      const is = `\`link.background\` is ${bandwidth.write(background)}`;
      const message = `${is} and leaves nothing of the link's ${bandwidth.write(capacity)}: it must be less.`;
      return { keys: ['link.background', 'link.bandwidth'], message };
    }
    const contradiction = settings.ideal ? NOT_IDEAL.find((key) => settings[key]) : undefined;
    if (contradiction) {
      const ideal = '`ideal: true`, which means no headers, latency, state or zero pages';
      const message = `\`${contradiction}\` contradicts ${ideal}: leave one of the two out.`;
      return { keys: [contradiction, 'ideal'], message };
    }
  }
  return undefined;
}

/** Fills in the defaults and turns sizes into whole pages: the one place where pages are rounded. */
export function toScenario(given: Partial<Settings>): Scenario {
  const settings = { ...DEFAULTS, ...given };
  const pages = pagesOf(settings['guest.memory']);
  const workingSet = given['guest.workingSet'];
  const idle = settings['guest.workload'] === 'idle';
  return {
    guest: {
      pages,
      workload: settings['guest.workload'],
      writesPerSecond: idle ? 0 : settings['guest.writes'],
      readsPerSecond: idle ? 0 : settings['guest.reads'],
      // A quarter: large enough to matter in every technique, small enough that pre-copy has something to win.
      workingSetPages: workingSet === undefined ? Math.max(1, Math.round(pages / 4)) : pagesOf(workingSet),
      zeroFraction: settings.ideal ? 0 : settings['guest.zero'],
      vcpus: settings['guest.vcpus'],
      stateBytes: settings.ideal ? 0 : settings['guest.state'],
    },
    link: {
      bytesPerSecond: settings['link.bandwidth'] - settings['link.background'],
      latency: settings.ideal ? 0 : settings['link.latency'],
    },
    downtimeLimit: settings.downtimeLimit,
    maxRounds: settings.maxRounds,
    seed: settings.seed,
    ideal: settings.ideal,
  };
}

function pagesOf(bytes: number): number {
  return Math.max(1, Math.round(bytes / PAGE_SIZE));
}

function points({ settings, sweep }: Experiment): { settings: Partial<Settings>; point: Record<string, string> }[] {
  return sweep.reduce<{ settings: Partial<Settings>; point: Record<string, string> }[]>(
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
