import { expect } from 'chai';
import fc from 'fast-check';
import { keyAt, namesUnder, parseExperiment, WORLD_CHOICES, withWorld, worldIn, worldsOf } from '../../../../src/lab/experiment';

const problemsOf = (text: string) => parseExperiment(text).problems.map(({ message }) => message);

/** A document after the replacement. */
function changed(text: string, choice: (typeof WORLD_CHOICES)[number]): string {
  const replacement = withWorld(text, choice);
  return replacement ? text.slice(0, replacement.start) + replacement.text + text.slice(replacement.end) : text;
}

describe('the world of an experiment', () => {
  it('is the simulator unless the document says otherwise', () => {
    expect(worldsOf(parseExperiment('seed: 1').experiment!)).to.deep.equal(['simulator']);
    expect(worldsOf(parseExperiment('world: simulator').experiment!)).to.deep.equal(['simulator']);
    expect(worldsOf(parseExperiment('world: qemu').experiment!)).to.deep.equal(['qemu']);
    expect(worldsOf(parseExperiment('{ "world": "both" }').experiment!)).to.deep.equal(['simulator', 'qemu']);
  });

  it('changes nothing of what is simulated', () => {
    const { world, ...rest } = parseExperiment('guest: { memory: 16 MiB }\nworld: both').experiment!;
    expect(world).to.equal('both');
    expect(rest).to.deep.equal(parseExperiment('guest: { memory: 16 MiB }').experiment);
  });

  it('is one of three, and the nearest is named', () => {
    expect(problemsOf('world: qmeu')).to.deep.equal([
      '`world`: `qmeu` is not a world. Did you mean `qemu`? Accepted: one of simulator, qemu, both.',
    ]);
    expect(problemsOf('world: 7')[0]).to.equal('`world`: `7` is not a world. Accepted: one of simulator, qemu, both.');
    for (const text of ['world:', 'world: [qemu]', 'world: { use: qemu }']) {
      expect(problemsOf(text), text).to.deep.equal(['`world` needs one value: one of simulator, qemu, both.']);
    }
  });

  it('cannot be swept', () => {
    expect(problemsOf('sweep: { world: [simulator, qemu] }')[0]).to.match(/^`world` cannot be swept\./);
  });

  it('is in the table of keys, from which completion and hover come', () => {
    expect(namesUnder()).to.include('world');
    expect(namesUnder('sweep')).not.to.include('world');
    expect(keyAt('world')!.values).to.deep.equal(['simulator', 'qemu', 'both']);
  });

  it('takes no more real runs than anybody waits for', () => {
    const sweep = (runs: number) => `sweep: { seed: [${Array.from({ length: runs }, (_, i) => i).join(', ')}] }\n`;
    expect(problemsOf(`${sweep(61)}world: both`)).to.deep.equal([
      'On QEMU each run takes seconds, and this experiment asks for 61; at most 60 are made.',
    ]);
    expect(problemsOf(`${sweep(60)}world: qemu`)).to.deep.equal([]);
    expect(problemsOf(`${sweep(61)}world: simulator`)).to.deep.equal([]);
  });
});

describe('choosing a world', () => {
  const cases: [what: string, text: string, choice: 'simulator' | 'qemu' | 'both', expected: string][] = [
    ['adds a line', 'guest: { memory: 16 MiB }\nlink: 1 Gbit/s\n', 'both', 'guest: { memory: 16 MiB }\nlink: 1 Gbit/s\nworld: both\n'],
    ['adds it to what is indented', '  seed: 1\n  ideal: true', 'qemu', '  seed: 1\n  ideal: true\n  world: qemu'],
    ['adds it behind a nested line', 'guest:\n  memory: 16 MiB', 'qemu', 'guest:\n  memory: 16 MiB\nworld: qemu'],
    ['begins an empty document', '', 'both', 'world: both'],
    ['replaces a value and keeps the comment', 'world: qemu # real\nseed: 1', 'both', 'world: both # real\nseed: 1'],
    ['replaces a value that is wrong', 'world: moon', 'simulator', 'world: simulator'],
    ['replaces a value that is no name', 'world: [qemu]\nseed: 1', 'both', 'world: both\nseed: 1'],
    ['writes the default where something else stood', 'world: both', 'simulator', 'world: simulator'],
    ['completes a line', 'seed: 1\nworld:\n', 'qemu', 'seed: 1\nworld: qemu\n'],
    ['goes into JSON', '{ "seed": 1 }', 'both', '{ "seed": 1, "world": "both" }'],
    ['goes into an empty mapping', '{}', 'both', '{ world: both}'],
    ['goes into a mapping with a comment', '{ seed: 1 # one\n}', 'both', '{ seed: 1, world: both # one\n}'],
    ['adds a line to what cannot be read', 'guest: {', 'both', 'guest: {\nworld: both'],
  ];
  for (const [what, text, choice, expected] of cases) {
    it(what, () => expect(changed(text, choice)).to.equal(expected));
  }

  it('leaves a document alone that says it already', () => {
    expect(withWorld('seed: 1', 'simulator')).to.equal(undefined);
    expect(withWorld('seed: 1\nworld: both', 'both')).to.equal(undefined);
  });

  it('gives a document that asks for it and for nothing else, whatever stood there', () => {
    const documents = [
      'seed: 1', '{ seed: 1 }', '{"seed": 1}', '# only\nseed: 1 # one\n\n', 'world: both\nseed: 1', 'seed: 1\nworld: qemu\n',
      '{ world: qemu, seed: 1 }', '"world": simulator\nseed: 1', 'guest:\n  writes: 1 MiB/s\n  # more\n', 'technique:\n  use: pre-copy',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.array(fc.constantFrom(...WORLD_CHOICES), { minLength: 1, maxLength: 4 }), (document, choices) => {
        const text = choices.reduce(changed, document);
        const { experiment, problems } = parseExperiment(text);
        expect(problems, text).to.deep.equal([]);
        expect(experiment!.world ?? 'simulator').to.equal(choices.at(-1));
        expect(worldIn(text)).to.equal(choices.at(-1));
        const { world: _, ...rest } = experiment!;
        const { world: __, ...before } = parseExperiment(document).experiment!;
        expect(rest).to.deep.equal(before);
      }),
    );
  });
});
