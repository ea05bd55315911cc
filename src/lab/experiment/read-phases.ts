import { isMap, isSeq } from 'yaml';
import type { PhaseSettings, Settings } from './experiment';
import { PHASE_KEYS, SETTINGS } from './keys';
import type { Reading } from './reading';
import { STRUCTURES } from './structures';

/** `guest.workload` as a list of phases: `[{ for: 10 s, writes: 64 MiB/s }, { for: 5 s, workload: idle }]`. */
export function readPhases(r: Reading, node: unknown): PhaseSettings[] | undefined {
  const accepts = SETTINGS['guest.workload'].accepts;
  if (!isSeq(node) || node.items.length === 0) {
    r.problem(node, `\`guest.workload\` must be ${accepts}.`);
    return undefined;
  }
  return node.items.flatMap((item) => phase(r, item) ?? []);
}

function phase(r: Reading, node: unknown): PhaseSettings | undefined {
  const example = `\`{ ${STRUCTURES['guest.workload.for'].example} }\``;
  if (!isMap(node)) {
    r.problem(node, `A phase must be a mapping such as ${example}.`);
    return undefined;
  }
  const settings: Partial<Settings> = {};
  let seconds: number | undefined;
  let workload: string | undefined;
  const said = new Set<string>();
  r.entries(node, ['guest', 'workload'], (name, value) => {
    said.add(name);
    if (name === 'for') seconds = r.seconds(value, 'for', 'a phase', 1e-3);
    else if (name === 'workload') workload = phaseWorkload(r, value);
    else {
      const key = PHASE_KEYS.find((one) => one === `guest.${name}`)!;
      const read = r.value(key, value, name);
      if (read !== undefined) Object.assign(settings, { [key]: read });
    }
  });
  if (!said.has('for')) r.problem(node, `A phase says how long it lasts, such as ${example}.`);
  return seconds === undefined ? undefined : { seconds, ...(workload !== undefined && { workload }), ...settings };
}

/** A phase takes one of the engine's workloads: a trace has its own phases. */
function phaseWorkload(r: Reading, node: unknown): string | undefined {
  const name = r.value('guest.workload', node, 'workload');
  if (typeof name !== 'string' || !r.installed.traces.has(name)) return name as string | undefined;
  r.problem(node, `\`${name}\` is a recorded trace, which stands for the whole workload and not for a phase.`);
  return undefined;
}
