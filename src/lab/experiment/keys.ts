import type { SettingKey } from './experiment';
import { GUEST_SETTINGS } from './guest-settings';
import { HOST_SETTINGS } from './host-settings';
import type { Key, SettingSpec } from './key';
import { OPTIMIZATION_KEYS, PARAMETER_KEYS, TUNABLE_NAMES } from './parameter-keys';
import { RUN_SETTINGS } from './run-settings';
import { STRUCTURES } from './structures';
import { WORLD_KEY } from './world';

/**
 * The table of everything an experiment may say. Parsing, error messages, completion, hover and the reference page all
 * read it, so a key is added to one of its parts and nowhere else.
 */
export const SETTINGS: { readonly [K in SettingKey]: SettingSpec<K> } = {
  ...GUEST_SETTINGS,
  ...HOST_SETTINGS,
  ...RUN_SETTINGS,
};

const TOPICS = [
  ...['guest', 'link', 'tracking', 'stream', 'destination', 'storage', 'client', 'faults', 'recovers'],
  ...['technique', 'compare', 'preset', 'downtimeLimit', 'maxRounds', 'maxBandwidth', 'setup', 'seed', 'ideal', 'sweep', 'world'],
];

/** Every key: what is said of each thing stands behind the thing, in the order in which it is offered. */
export const KEYS: readonly Key[] = inOrder([...Object.values(STRUCTURES), ...PARAMETER_KEYS, ...Object.values(SETTINGS), WORLD_KEY]);

/** A phase takes these of the guest's keys. */
export const PHASE_KEYS = [
  'guest.writes',
  'guest.reads',
  'guest.workingSet',
  'guest.workingSetStart',
  'guest.workingSetMoves',
] as const;

/** What may be swept, by the names that `sweep` takes: `link` is short for its bandwidth. */
export const SWEPT_NAMES: readonly string[] = [...Object.keys(SETTINGS), 'link'];

/** The names that may stand in a mapping: in the document's own for no path, else in that of the key with this path. */
export function namesUnder(...path: readonly string[]): string[] {
  const parent = lent(path[0] === 'compare' ? ['technique', ...path.slice(1)] : path);
  if (parent === 'sweep') return [...SWEPT_NAMES];
  if (parent === 'technique.with') return [...TUNABLE_NAMES];
  const phase = parent === 'guest.workload' ? ['workload', ...PHASE_KEYS.map(lastOf)] : [];
  return [...KEYS.filter(({ path }) => parentOf(path) === parent).map(({ path }) => lastOf(path)), ...phase];
}

/**
 * The key at a path in a document, also where it is lent: to a phase, to an entry of `compare`, to a sweep; or the
 * optimisation that is named there.
 */
export function keyAt(...path: readonly string[]): Key | undefined {
  const full = lent(path);
  return [...KEYS, ...OPTIMIZATION_KEYS].find((key) => key.path === full);
}

/** A whole document that shows a key, as its example does. */
export function exampleDocument({ path, example }: Key): string {
  const [parent, ...rest] = path.split('.');
  if (rest.length === 0) return example;
  if (path === 'guest.workload.for') return `guest: { workload: [{ ${example} }] }`;
  return parent === 'faults' ? `faults: [{ ${example} }]` : `${parent}: { ${example} }`;
}

function lent(path: readonly string[]): string {
  return path
    .join('.')
    .replace(/^sweep\./, '')
    .replace(/^compare\./, 'technique.')
    .replace(/^guest\.workload\.(?!for$)/, 'guest.');
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** By what is spoken of, and what holds other keys before them. */
function inOrder(keys: readonly Key[]): Key[] {
  const rank = ({ path }: Key) => 2 * TOPICS.indexOf(path.split('.')[0]!) + (path.includes('.') ? 1 : 0);
  return [...keys].sort((a, b) => rank(a) - rank(b));
}
