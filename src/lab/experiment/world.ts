import { isMap, isNode, isScalar } from 'yaml';
import { entriesOf, readDocument } from './document';
import type { World } from './experiment';
import type { Key } from './key';
import { nearest } from './nearest';

/** What `world` may say, and where the experiment is run then. */
const CHOICES = {
  simulator: ['simulator'],
  qemu: ['qemu'],
  both: ['simulator', 'qemu'],
} as const satisfies Readonly<Record<string, readonly World[]>>;

export type WorldChoice = keyof typeof CHOICES;
export const WORLD_CHOICES = Object.keys(CHOICES) as readonly WorldChoice[];
export const DEFAULT_WORLD: WorldChoice = 'simulator';

/** Where to run is no property of a run, so this key cannot be swept and stands by itself. */
export const WORLD_KEY: Key = {
  path: 'world',
  meaning:
    'Where a cell of a notebook runs the experiment: in the simulator, on real QEMU processes of this computer, or in both, ' +
    'side by side. On the command line, `vmlab simulate` and `vmlab qemu run` say it instead.',
  unit: 'name',
  accepts: `one of ${WORLD_CHOICES.join(', ')}`,
  default: DEFAULT_WORLD,
  example: 'world: both',
  values: WORLD_CHOICES,
};

/** Why a value is no choice of a world, as the end of a sentence; or which choice it is. */
export function readWorld(value: unknown): WorldChoice | { problem: string; meant?: string } {
  return (
    WORLD_CHOICES.find((choice) => choice === value) ?? {
      problem: 'is not a world',
      meant: nearest(String(value), WORLD_CHOICES),
    }
  );
}

/** The worlds in which an experiment is run, in the order in which they are shown. */
export function worldsOf({ world = DEFAULT_WORLD }: { readonly world?: WorldChoice }): readonly World[] {
  return CHOICES[world];
}

/** What a document says of its world, whatever else is wrong with it. */
export function worldIn(text: string): WorldChoice {
  const { root } = readDocument(text);
  if (!isMap(root)) return DEFAULT_WORLD;
  const value = root.items.find(({ key }) => isScalar(key) && key.value === 'world')?.value;
  const choice = readWorld(isScalar(value) ? value.value : undefined);
  return typeof choice === 'string' ? choice : DEFAULT_WORLD;
}

/** Characters `start` to `end` of a document are to be replaced by `text`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What to change in a document so that it asks for another world; nothing if it does already. */
export function withWorld(text: string, choice: WorldChoice): Replacement | undefined {
  const document = readDocument(text);
  const map = isMap(document.root) ? document.root : undefined;
  const value: unknown = map && entriesOf(map, document).find(({ name }) => name === 'world')?.value;
  if (isNode(value) && value.range && !(isScalar(value) && value.value === null)) {
    const [start, end] = value.range;
    return isScalar(value) && value.value === choice ? undefined : { start, end, text: choice };
  }
  // A line `world:` that nobody has finished yet.
  const bare = /^world[ \t]*:[ \t]*$/m.exec(text);
  if (bare) return { start: bare.index, end: bare.index + bare[0].length, text: `world: ${choice}` };
  if (choice === DEFAULT_WORLD) return undefined;
  if (map?.flow && map.range) {
    const last = map.items.at(-1);
    const at = (isNode(last?.value) ? last.value : isNode(last?.key) ? last.key : undefined)?.range?.[1];
    // JSON wants its names in quotation marks, and YAML has nothing against them.
    const entry = /^\s*\{\s*"/.test(text) ? `"world": "${choice}"` : `world: ${choice}`;
    const start = at ?? map.range[0] + 1;
    return { start, end: start, text: at === undefined ? ` ${entry}` : `, ${entry}` };
  }
  const indent = ' '.repeat(document.problemAt(map?.items[0]?.key, '').column - 1);
  const end = text.trimEnd().length;
  return { start: end, end, text: `${end === 0 ? '' : '\n'}${indent}world: ${choice}` };
}
