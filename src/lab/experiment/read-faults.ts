import { isMap, isSeq } from 'yaml';
import type { Fault } from '../../engine/scenario';
import type { Reading } from './reading';

const MUST = 'A fault must be `{ link: 3 s, for: 2 s }` or `{ destination: 5 s }`';
/** Less is over before anything could get lost, seconds. */
const SHORTEST = 1e-9;

/** `faults`, in the order of their times: `[{ link: 3 s, for: 2 s }, { destination: 5 s }]`. */
export function readFaults(r: Reading, node: unknown): Fault[] {
  if (!isSeq(node)) {
    r.problem(node, `${r.mustBe('faults', node)}.`);
    return [];
  }
  return node.items.flatMap((item) => fault(r, item) ?? []).sort((a, b) => a.at - b.at);
}

function fault(r: Reading, node: unknown): Fault | undefined {
  if (!isMap(node)) {
    r.problem(node, `${MUST}.`);
    return undefined;
  }
  const times = new Map<string, number | undefined>();
  r.entries(node, ['faults'], (name, value) => {
    times.set(name, r.seconds(value, name, 'a fault', name === 'for' ? SHORTEST : 0));
  });
  const names = [...times.keys()].sort();
  const [link, seconds, destination] = ['link', 'for', 'destination'].map((name) => times.get(name));
  switch (names.join(' ')) {
    case 'destination':
      return destination === undefined ? undefined : { kind: 'destination', at: destination };
    case 'for link':
      return link === undefined || seconds === undefined ? undefined : { kind: 'link', at: link, seconds };
    case 'link':
      r.problem(node, 'A link that breaks needs `for`, how long nothing gets through: `{ link: 3 s, for: 2 s }`.');
      return undefined;
    case '':
      if (node.items.length === 0) r.problem(node, `${MUST}.`);
      return undefined;
    default:
      r.problem(node, `${MUST}, and not ${names.map((name) => `\`${name}\``).join(', ')}.`);
      return undefined;
  }
}
