import { MECHANISMS, optimizations, type TrackingSpec } from '../../engine';
import { seconds } from '../../protocol/quantities';
import { exampleDocument, KEYS, type Key } from '../experiment';
import { INSTALLED } from '../experiment/installed';

/** What the reference page of experiments says, in Markdown: all that the table of keys knows, and every name. */
export function experimentReference(): string {
  const topics = [...new Set(KEYS.map(topicOf))];
  const parameters = KEYS.filter(isParameter);
  return [
    INTRODUCTION,
    ...topics.map((topic) => topicText(topic, KEYS.filter((key) => topicOf(key) === topic && !isParameter(key)))),
    '## Hypervisors',
    'What `preset` takes. A preset brings its stop rules, its wire format and its costs; what the experiment says itself comes before that.',
    table(['Preset', 'Techniques', 'What it is'], Object.entries(INSTALLED.presets).map(presetRow)),
    '## Optimisations',
    'What `with` takes, as in `technique: { use: pre-copy, with: [xbzrle, auto-converge] }`. The first one is the closest to the strategy; some exclude each other.',
    table(['Optimisation', 'Helps', 'What it does'], Object.values(optimizations).map(({ name, helps, summary }) => [code(name), helps, summary])),
    '### Parameters',
    'An optimisation may stand in `with` as a mapping from its name to its parameters, such as `{ auto-converge: { initial: 30 % } }`.',
    keysText(parameters),
    '## Tracking mechanisms',
    'What `tracking` takes, and what each costs unless the experiment says otherwise. Most of these times are assumptions of the right order of magnitude.',
    table(
      ['Mechanism', ...COSTS.map(([key]) => code(key))],
      Object.entries(MECHANISMS).map(([name, spec]) => [code(name), ...COSTS.map(([, cost]) => cost(spec))]),
    ),
  ]
    .join('\n\n')
    .concat('\n')
    .replaceAll('\u00a0', ' ');
}

const INTRODUCTION = `# Experiments

An experiment is a short YAML document. A cell of a notebook takes it, and so does the command line:
\`vmlab simulate experiment.yaml\`, or \`vmlab qemu run experiment.yaml\` for a real migration. JSON will do as well. Every key may
be left out.

\`\`\`yaml
guest:   { memory: 1 GiB, workload: hot-cold, writes: 64 MiB/s, workingSet: 128 MiB }
link:    1 Gbit/s
compare: [stop-and-copy, pre-copy, { use: pre-copy, with: [xbzrle] }, post-copy, ./strategies/mine.ts]
sweep:   { guest.writes: [0 MiB/s, 32 MiB/s, 64 MiB/s, 128 MiB/s] }
\`\`\`

Quantities have a unit: sizes B, KiB, MiB, GiB or TiB (powers of 1024); how fast pages are touched MiB/s or pages/s (pages of
4 KiB); bandwidths Mbit/s or Gbit/s (powers of 1000), or MiB/s; durations ns, us, ms or s. A key that is not known is an error
that names the nearest one that is. Any key with a single value can be swept, but for \`world\`, for
what stands in a list, and for \`technique\` and what belongs to it: \`compare\` is for that.

This page is made from the table that reads experiments; a test compares the two.`;

const COSTS: readonly [key: string, cost: (spec: TrackingSpec) => string][] = [
  ['firstWrite', ({ firstWriteSeconds }) => seconds(firstWriteSeconds, 2)],
  ['exitPages', ({ exitPages }) => String(exitPages)],
  ['exit', ({ exitSeconds }) => seconds(exitSeconds, 2)],
  ['scan', ({ scanSecondsPerPage }) => nanoseconds(scanSecondsPerPage)],
  ['read', ({ readSecondsPerDirtyPage }) => nanoseconds(readSecondsPerDirtyPage)],
  ['flush', ({ flushSeconds }) => seconds(flushSeconds, 2)],
  ['clearPages', ({ clearChunkPages }) => String(clearChunkPages)],
];

function topicOf({ path }: Key): string {
  return path.split('.')[0]!;
}

/** Parameters of optimisations stand beside these. */
function isParameter({ path }: Key): boolean {
  return path.startsWith('technique.with.');
}

function topicText(topic: string, keys: readonly Key[]): string {
  return [`## \`${topic}\``, keysText(keys)].join('\n\n');
}

function keysText(keys: readonly Key[]): string {
  const rows = keys.map(({ path, meaning, unit, accepts, default: byDefault }) => [code(path), meaning, unit, accepts, byDefault]);
  const examples = [...new Set(keys.map(exampleDocument))];
  return [
    table(['Key', 'Meaning', 'Unit', 'Accepts', 'Default'], rows),
    `\`\`\`yaml\n${examples.join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function presetRow([name, { summary, strategies }]: [string, (typeof INSTALLED.presets)[string]]): string[] {
  return [code(name), Object.keys(strategies).join(', '), summary];
}

function nanoseconds(value: number): string {
  return value === 0 ? '0 s' : `${Number((value * 1e9).toPrecision(3))} ns`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
