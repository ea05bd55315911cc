import { expect } from 'chai';
import fc from 'fast-check';
import { KEYS, parseExperiment } from '../../../../src/lab/experiment';

/** The only problem of a text, as `line:column-endLine:endColumn message`. */
function problemOf(text: string): string {
  const { experiment, problems } = parseExperiment(text);
  expect(experiment, 'an experiment').to.equal(undefined);
  expect(problems).to.have.length(1);
  const [{ line, column, endLine, endColumn, message }] = problems;
  return `${line}:${column}-${endLine}:${endColumn} ${message}`;
}

describe('parseExperiment', () => {
  it('reads the example of the design', () => {
    const { experiment, problems } = parseExperiment(`
guest:   { memory: 1 GiB, workload: hot-cold, writes: 64 MiB/s, workingSet: 128 MiB }
link:    1 Gbit/s
compare: [stop-and-copy, pre-copy, post-copy, ./strategies/mine.ts]
sweep:   { guest.writes: [0 MiB/s, 32 MiB/s, 64 MiB/s, 128 MiB/s] }    # optional
`);
    expect(problems).to.deep.equal([]);
    expect(experiment?.settings).to.deep.equal({
      'guest.memory': 2 ** 30,
      'guest.workload': 'hot-cold',
      'guest.writes': 16384,
      'guest.workingSet': 2 ** 27,
      'link.bandwidth': 125_000_000,
    });
    expect(experiment?.techniques).to.deep.equal([
      { name: 'stop-and-copy' },
      { name: 'pre-copy' },
      { name: 'post-copy' },
      { file: './strategies/mine.ts' },
    ]);
    expect(experiment?.sweep[0].values.map(({ text }) => text)).to.deep.equal([
      '0 MiB/s',
      '32 MiB/s',
      '64 MiB/s',
      '128 MiB/s',
    ]);
  });

  it('reads JSON as well', () => {
    const { experiment } = parseExperiment('{ "guest": { "memory": "64 MiB", "vcpus": 2 }, "ideal": true, "seed": 7 }');
    expect(experiment?.settings).to.deep.equal({ 'guest.memory': 2 ** 26, 'guest.vcpus': 2, ideal: true, seed: 7 });
  });

  it('reads the example of every key', () => {
    for (const key of KEYS) {
      const [parent] = key.path.split('.');
      const text = key.path.includes('.') ? `${parent}: { ${key.example} }` : key.example;
      expect(parseExperiment(text).problems, text).to.deep.equal([]);
    }
  });

  const refused: [string, string, RegExp][] = [
    [
      'an unknown key, with the nearest known one',
      'guest: { memroy: 1 GiB }',
      /^1:10-1:16 .*`memory`\?.*Accepted: memory, workload, writes/,
    ],
    [
      'an unknown key that resembles nothing',
      'colour: red',
      /^1:1-1:7 `colour` is not a key of an experiment\. Accepted: guest, link/,
    ],
    ['a decimal size', 'guest:\n  memory: 64 MB', /^2:11-2:16 `guest\.memory`: `64 MB` .*write `MiB`/],
    ['a negative size', 'guest: { memory: -1 GiB }', /negative/],
    ['a size without unit', 'guest: { memory: 1024 }', /has no unit/],
    ['a size of nothing', 'guest: { memory: 0 }', /too small; the least is `4 KiB`/],
    ['an absurd size', 'guest: { memory: 2 TiB }', /too large; the most is `1 TiB`/],
    ['infinity', 'guest: { memory: 1e999 }', /Accepted: a size/],
    ['a size that is not a number', 'guest: { memory: .nan }', /`\.nan` is not a size/],
    [
      'a working set that does not fit',
      'guest: { memory: 1 GiB, workingSet: 2 GiB }',
      /^1:37-1:42 .*more than the guest's memory \(1 GiB\)/,
    ],
    ['a swept working set that does not fit', 'sweep: { guest.workingSet: [1 MiB, 2 GiB] }', /^1:28-1:42 .*2 GiB/],
    ['a bandwidth without time', 'link: 1 Gbit', /^1:7-1:13 .*per second, so write `Gbit\/s`/],
    ['background traffic that fills the link', 'link: { bandwidth: 1 Gbit/s, background: 1 Gbit/s }', /leaves nothing/],
    ['a missing value', 'guest:\n  memory:', /^2:3-2:9 `guest\.memory` needs one value/],
    ['a list for a value', 'guest: { memory: [1 GiB] }', /needs one value/],
    ['a wrong type', 'guest: 3', /`guest` must be a mapping .*not `3`/],
    ['half a vCPU', 'guest: { vcpus: 0.5 }', /is not a whole number\. Accepted: a whole number from 1 to 1024/],
    ['too large a fraction', 'guest: { zero: 1.5 }', /not a fraction/],
    ['YAML 1.1 booleans', 'ideal: yes', /neither `true` nor `false`/],
    ['an unknown technique, with the nearest one', 'technique: precopy', /Did you mean `pre-copy`\?/],
    ['a file without ./', 'technique: mine.ts', /must start with `\.\/`/],
    ['a file outside', 'technique: ./../mine.ts', /leaves the experiment's folder/],
    ['a technique twice', 'compare: [hybrid, hybrid]', /twice/],
    ['a list as technique', 'technique: [pre-copy]', /write `compare`/],
    ['technique beside compare', 'technique: pre-copy\ncompare: [hybrid]', /^2:10.*keep one/],
    ['nothing to compare', 'compare: []', /must be a list/],
    ['an unknown key to sweep', 'sweep: { guest.writs: [1 MiB/s] }', /Did you mean `guest\.writes`\?/],
    ['one value to sweep', 'sweep: { seed: 3 }', /must be a list of values, each a whole number/],
    ['the same value twice in a sweep', 'sweep: { seed: [3, 3] }', /twice/],
    [
      'too many runs',
      `sweep: { seed: [${[...Array(40).keys()]}], maxRounds: [${[...Array(40).keys()].map((n) => n + 1)}] }`,
      /1600 runs.*at most 1000/,
    ],
    ['state in an ideal world', 'ideal: true\nguest: { state: 1 MiB }', /^2:17-2:22 .*contradicts `ideal: true`/],
    ['a preset (not yet)', 'preset: qemu', /not supported yet by this version/],
    ['optimisations (not yet)', 'technique: { use: pre-copy, with: [xbzrle] }', /not supported yet by this version/],
    ['phases (not yet)', 'guest: { workload: [{ writes: 1 MiB/s }] }', /phases are not supported yet/],
    [
      'traces (not yet)',
      'guest: { workload: kernel-build }',
      /recorded traces are not supported yet.*Accepted: idle, linear|Accepted: one of idle/,
    ],
    ['an empty text', '', /^1:1-1:1 The experiment is empty/],
    ['a list', '[1, 2]', /must be a mapping/],
    ['a duplicate key', 'seed: 1\nseed: 2', /^2:1-2:5 This key stands here twice/],
    ['a broken quotation', 'technique: "pre-copy', /closing quotation mark/],
    ['a tab', '\tguest: {}', /tab/],
    ['a custom tag', 'seed: !secret 1', /Tags/],
    ['an anchor', 'seed: &a 1', /Anchors and aliases/],
    ['another document', 'seed: 1\n---\nseed: 2', /Only one document/],
    ['a key that is a list', '? [a]\n: b', /plain name/],
    ['a million brackets', '['.repeat(60_000), /nested/],
    ['a very long text', 'x'.repeat(70_000), /70000 characters/],
  ];
  for (const [what, text, expected] of refused) {
    it(`refuses ${what}`, () => expect(problemOf(text)).to.match(expected));
  }

  it('does not unfold aliases', () => {
    const bomb = [
      'a: &a [x, x]',
      ...[...'bcdefghijklmnopqrstuvwxyz'].map(
        (name, i) => `${name}: &${name} [*${'abcdefghijklmnopqrstuvwxyz'[i]}, *${'abcdefghijklmnopqrstuvwxyz'[i]}]`,
      ),
    ];
    const { problems } = parseExperiment(bomb.join('\n'));
    expect(problems[0].message).to.match(/Anchors and aliases/);
  });

  it('lists several problems in the order of the text', () => {
    const { problems } = parseExperiment('seed: x\nguest: { memory: 1, vcpus: 0 }\nlink: 3');
    expect(problems.map(({ line }) => line)).to.deep.equal([1, 2, 2, 3]);
  });

  it('lists no more problems than anybody repairs in one go', () => {
    expect(parseExperiment('x\n- &a y: *a\n'.repeat(1000)).problems.length).to.be.within(1, 20);
  });

  it('never throws, and every problem lies inside the text', () => {
    const words = [
      'guest',
      'link',
      ':',
      ' ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      'memory',
      '1 GiB',
      '- ',
      '&a',
      '*a',
      '!x',
      '"',
      "'",
      '|',
      '>',
      '#',
      '\t',
      '?',
      'sweep',
      'compare',
      'pre-copy',
      '1e999',
      '%YAML',
      '---',
      '\r\n',
      '<<',
      '__proto__',
    ];
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom(...words)).map((parts) => parts.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { experiment, problems } = parseExperiment(source);
        expect(experiment === undefined).to.equal(problems.length > 0);
        const lines = source.split('\n');
        for (const { line, column, endLine, endColumn, message } of problems) {
          expect(message).to.match(/[.?]$/);
          expect(line).to.be.within(1, lines.length);
          expect(endLine).to.be.within(line, lines.length);
          expect(column).to.be.within(1, lines[line - 1].length + 1);
          expect(endColumn).to.be.within(line === endLine ? column : 1, lines[endLine - 1].length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
