import { expect } from 'chai';
import fc from 'fast-check';
import { techniques, WORKLOADS } from '../../../../src/engine';
import {
  exampleDocument,
  expand,
  keyAt,
  KEYS,
  namesUnder,
  parseExperiment,
  SETTINGS,
  simulationOf,
  type Installed,
} from '../../../../src/lab/experiment';
import { PARAMETER_KEYS } from '../../../../src/lab/experiment/parameter-keys';
import { presets } from '../../../../src/engine/techniques/hypervisors';
import type { Trace } from '../../../../src/engine/trace/trace';
import { yamlCursor } from '../../../../src/lab/notebook/yaml-cursor';

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
      const text = exampleDocument(key);
      expect(parseExperiment(text).problems, text).to.deep.equal([]);
      expect(text, key.path).to.include(key.path.split('.').at(-1)!);
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
    [
      'the ideal world beside latency that is given',
      'ideal: true\nlink: { bandwidth: 1 Gbit/s, latency: 1 ms }',
      /^2:39-2:43 `link\.latency` contradicts `ideal: true`/,
    ],
    ['tracking in an ideal world', 'ideal: true\ntracking: pml', /^2:11-2:14 `tracking` contradicts `ideal: true`/],
    ['costs of the stream in an ideal world', 'ideal: true\nstream: { pageCost: 1 us }', /`stream\.pageCost` contradicts/],
    ['a preset in an ideal world', 'ideal: true\npreset: qemu', /^2:9-2:13 `preset` contradicts `ideal: true`/],
    [
      'an encoding in an ideal world',
      'ideal: true\ntechnique: { use: pre-copy, with: [xbzrle] }',
      /^2:12-2:45 `pre-copy \+ xbzrle` changes what sending or tracking costs, which contradicts/,
    ],
    ['an unknown preset, with the nearest one', 'preset: qmeu', /^1:9-1:13 .*is not a preset\. Did you mean `qemu`\?/],
    ['an unknown preset to sweep', 'sweep: { preset: [qemu, zen] }', /^1:25-1:28 .*`zen`.*Did you mean `xen`\?/],
    [
      'a preset that has not the technique',
      'preset: hyper-v\ncompare: [pre-copy, post-copy]',
      /^2:21-2:30 The preset `hyper-v` has no `post-copy`: it has stop-and-copy, pre-copy\.$/,
    ],
    [
      'a preset for one technique that it has not',
      'technique: { use: hybrid, preset: xen }',
      /^1:35-1:38 The preset `xen` has no `hybrid`/,
    ],
    [
      'a swept preset that has not the technique',
      'technique: post-copy\nsweep: { preset: [qemu, xen] }',
      /^1:12-1:21 The preset `xen` has no `post-copy`/,
    ],
    [
      'an unknown optimisation, with the nearest one',
      'technique: { use: pre-copy, with: [xbzlre] }',
      /^1:36-1:42 `xbzlre` is not an optimisation\. Did you mean `xbzrle`\?/,
    ],
    ['an optimisation twice', 'technique: { use: pre-copy, with: [xbzrle, xbzrle] }', /^1:44-1:50 .*twice/],
    ['one optimisation outside a list', 'technique: { use: pre-copy, with: xbzrle }', /`with` must be a list of optimisations/],
    [
      'optimisations that exclude each other, with the reason',
      'technique: { use: pre-copy, with: [multifd, xbzrle] }',
      /^1:35-1:52 `(multifd|xbzrle)` cannot be combined with `(multifd|xbzrle)`: .+\.$/,
    ],
    [
      'an unknown parameter, with the nearest one',
      'technique: { use: pre-copy, with: [{ auto-converge: { initail: 30 % } }] }',
      /^1:55-1:62 `initail` is not a parameter of `auto-converge`\. Did you mean `initial`\? Accepted: initial, increment, max, threshold, tailslow\.$/,
    ],
    [
      'a parameter beyond its bounds',
      'technique:\n  use: pre-copy\n  with:\n    - auto-converge:\n        initial: 150 %',
      /^5:18-5:23 `initial` of `auto-converge`: `150 %` is too large; the most is `99 %`\. Accepted: a whole percentage from `1 %` to `99 %`, such as `10 %`\.$/,
    ],
    ['half a per cent', 'technique: { use: pre-copy, with: [{ auto-converge: { initial: 0.205 } }] }', /^1:64-1:69 .*is not a whole percentage\./],
    ['a percentage in words', 'technique: { use: pre-copy, with: [{ auto-converge: { initial: much } }] }', /is neither a fraction nor a percentage/],
    ['a flag that is a number', 'technique: { use: pre-copy, with: [{ auto-converge: { tailslow: 1 } }] }', /neither `true` nor `false`/],
    ['a cache of another size', 'technique: { use: pre-copy, with: [{ xbzrle: { cache: 48 MiB } }] }', /is not a size that is a power of two\./],
    ['too small a cache', 'technique: { use: pre-copy, with: [{ xbzrle: { cache: 1 KiB } }] }', /is too small; the least is `4 KiB`/],
    ['a cache in decimal units', 'technique: { use: pre-copy, with: [{ xbzrle: { cache: 64 MB } }] }', /write `MiB` instead of `MB`/],
    ['a limit in parts of MiB/s', 'technique: { use: pre-copy, with: [{ dirty-limit: { limit: 10 Mbit/s } }] }', /is not a multiple of 1 MiB\/s\./],
    ['no channel', 'technique: { use: pre-copy, with: [{ multifd: { channels: 0 } }] }', /out of range\. Accepted: a whole number from 1 to 255/],
    ['one pivot of several', 'technique: { use: post-copy, with: [{ bubbling-multi: { pivots: 1 } }] }', /a whole number from 2 to 64/],
    ['a parameter without value', 'technique: { use: pre-copy, with: [{ xbzrle: { cache } }] }', /^1:48-1:53 `cache` of `xbzrle` needs one value/],
    [
      'parameters that contradict each other, with QEMU’s reason',
      'technique: { use: pre-copy, with: [{ auto-converge: { initial: 50 %, max: 40 % } }] }',
      /^1:53-1:81 `max` is less than `initial`\. QEMU refuses it: “max_cpu_throttle expects/,
    ],
    ['a parameter that contradicts a default', 'technique: { use: pre-copy, with: [{ rate-adaptation: { minimum: 1 Gbit/s } }] }', /`maximum` is less than `minimum`/],
    ['parameters of what has none', 'technique: { use: pre-copy, with: [{ dedup: { level: 3 } }] }', /^1:45-1:57 `dedup` has no parameters: write its name alone/],
    ['one value for all parameters', 'technique: { use: pre-copy, with: [{ xbzrle: 64 MiB }] }', /^1:46-1:52 `xbzrle` must be a mapping of its parameters/],
    ['an unknown optimisation with parameters', 'technique: { use: pre-copy, with: [{ xbzlre: { cache: 64 MiB } }] }', /^1:38-1:44 `xbzlre` is not an optimisation\. Did you mean `xbzrle`/],
    ['an optimisation with parameters twice', 'technique: { use: pre-copy, with: [xbzrle, { xbzrle: { cache: 4 KiB } }] }', /`xbzrle` stands in `with` twice/],
    ['parameters of no optimisation', 'technique: { use: pre-copy, with: [{}] }', /^1:36-1:38 Which optimisation is meant/],
    [
      'the same parameters twice, written in two ways',
      'compare: [{ use: hybrid, with: [{ xbzrle: { cache: 1 GiB } }] }, { use: hybrid, with: [{ xbzrle: { cache: 1024 MiB } }] }]',
      /`hybrid \+ xbzrle \(cache 1 GiB\)` stands in `compare` twice/,
    ],
    [
      'a mechanism that dirty limit cannot work with, with QEMU’s reason',
      'tracking: pml\ntechnique: { use: pre-copy, with: [dirty-limit] }',
      /^1:11-1:14 `dirty-limit` .*`tracking` is `pml`\. QEMU refuses it: “dirty-limit requires KVM with accelerator property 'dirty-ring-size' set”/,
    ],
    ['dirty limit without tracking', 'tracking: none\ntechnique: { use: pre-copy, with: [dirty-limit] }', /`tracking` is `none`/],
    ['a swept mechanism that dirty limit cannot work with', 'sweep: { tracking: [dirty-ring, pml] }\ntechnique: { use: pre-copy, with: [dirty-limit] }', /^1:20-1:37 .*is `pml`/],
    ['a disk in an ideal world', 'ideal: true\nstorage: { size: 4 GiB }', /^2:18-2:23 `storage\.size` contradicts `ideal: true`/],
    ['requests to a disk in an ideal world', 'ideal: true\nstorage: { size: 4 GiB, inFlight: 500 ms }', /contradicts `ideal: true`/],
    ['a set-up in an ideal world', 'ideal: true\nsetup: 1 s', /^2:8-2:11 `setup` contradicts `ideal: true`/],
    ['tracking of a device that is not there', 'guest: { deviceTracked: true }', /^1:25-1:29 `guest\.deviceTracked` .*there is none/],
    ['a first frame beside an announcement', 'client: { firstFrame: 2 s }', /^1:23-1:26 `client\.firstFrame` matters only without/],
    ['a swept first frame beside an announcement', 'sweep: { client.firstFrame: [1 s, 2 s] }', /^1:29-1:39 `client\.firstFrame` matters only without/],
    ['optimisations of nothing', 'technique: { with: [xbzrle] }', /`use` is missing/],
    ['an empty mapping as technique', 'technique: {}', /`use` is missing/],
    ['an unknown key of a technique', 'compare: [{ us: pre-copy }]', /^1:13-1:15 .*Did you mean `use`\?.*use, with, preset/],
    ['an unknown technique to use', 'technique: { use: precopy }', /^1:19-1:26 .*Did you mean `pre-copy`\?/],
    ['the same refinement twice', 'compare: [{ use: hybrid, with: [xbzrle] }, { use: hybrid, with: [xbzrle] }]', /twice/],
    ['a phase without a length', 'guest: { workload: [{ writes: 1 MiB/s }] }', /^1:21-1:40 A phase says how long it lasts/],
    ['a phase that takes no time', 'guest: { workload: [{ for: 0 s }] }', /^1:28-1:31 `for` of a phase: `0 s` is too short/],
    ['a phase without unit', 'guest: { workload: [{ for: 10 }] }', /`for` of a phase: `10` has no unit/],
    ['a phase that is a word', 'guest: { workload: [idle] }', /^1:21-1:25 A phase must be a mapping/],
    ['no phases', 'guest: { workload: [] }', /`guest\.workload` must be one of idle.*or a list of phases/],
    ['one phase outside a list', 'guest: { workload: { for: 3 s } }', /or a list of phases/],
    ['an unknown key of a phase', 'guest: { workload: [{ for: 1 s, vcpus: 2 }] }', /^1:33-1:38 `vcpus` is not a key of a phase/],
    ['an unknown workload of a phase', 'guest: { workload: [{ for: 1 s, workload: hotcold }] }', /Did you mean `hot-cold`\?/],
    ['phases in phases', 'guest: { workload: [{ for: 1 s, workload: [{ for: 1 s }] }] }', /`workload` needs one value: one of idle/],
    [
      "a phase's working set that does not fit",
      'guest: { memory: 64 MiB, workload: [{ for: 1 s, workingSet: 65 MiB }] }',
      /^1:36-1:70 .*65 MiB, more than the guest's memory/,
    ],
    [
      'a recorded trace that there is not',
      'guest: { workload: kernel-build }',
      /is not a workload or the name of a recorded trace\. Accepted: one of idle, .*redis/,
    ],
    ['a working set that begins beyond memory', 'guest: { workingSetStart: 1 GiB }', /beyond the guest's memory \(1 GiB\)/],
    ['a moving working set in bits', 'guest: { workingSetMoves: 16 Mbit/s }', /not in bits/],
    ['more writers than vCPUs', 'guest: { vcpus: 2, writers: 3 }', /^1:29-1:30 .*more than the guest's vCPUs \(2\)/],
    ['a swept number of writers beyond the vCPUs', 'sweep: { guest.writers: [1, 2] }', /more than the guest's vCPUs \(1\)/],
    ['more free and cached memory than there is', 'guest: { free: 0.6, cache: 0.5 }', /^1:28-1:31 .*together they may be at most 1/],
    ['a write of more than a page', 'guest: { changed: 8 KiB }', /too large; the most is `4 KiB`/],
    ['an unknown mechanism, with the nearest one', 'tracking: plm', /^1:11-1:14 .*Did you mean `pml`\?/],
    ['an unknown cost of tracking', 'tracking: { use: pml, scann: 1 ns }', /^1:23-1:28 .*key of `tracking`.*Did you mean `scan`\?/],
    ['a cost of tracking without unit', 'tracking: { use: pml, exit: 8 }', /^1:29-1:30 `tracking\.exit`: `8` has no unit/],
    ['costs of no mechanism', 'tracking: { firstWrite: 2 us }', /^1:25-1:29 `tracking\.firstWrite` .*there is none: name one/],
    ['a list of mechanisms', 'tracking: [pml]', /`tracking` needs one value/],
    ['a stream that is a word', 'stream: fast', /`stream` must be a mapping.*not `fast`/],
    ['no channel at all', 'stream: { channels: 0 }', /out of range/],
    ['a queue as a bandwidth', 'link: { queue: 1 Gbit/s }', /`link\.queue`/],
    ['a fault of the destination without time', 'destination: { fault: 100 }', /has no unit/],
    ['writes to a disk that is not there', 'storage: { writes: 8 MiB/s }', /^1:20-1:27 `storage\.writes` .*give its `storage\.size`/],
    ['a fault that is no list', 'faults: { link: 3 s, for: 2 s }', /`faults` must be a list/],
    ['a fault that is a word', 'faults: [link]', /A fault must be/],
    ['a fault of nothing', 'faults: [{}]', /A fault must be/],
    ['a broken link that does not say for how long', 'faults: [{ link: 3 s }]', /^1:10-1:23 .*needs `for`/],
    ['a fault of both', 'faults: [{ link: 3 s, destination: 5 s }]', /A fault must be .*and not `destination`, `link`\.$/],
    ['a dead destination for a while', 'faults: [{ destination: 5 s, for: 1 s }]', /A fault must be/],
    ['a time of a fault without unit', 'faults: [{ destination: 5 }]', /^1:25-1:26 `destination` of a fault: `5` has no unit/],
    ['a fault that lasts for years', 'faults: [{ link: 1 s, for: 1e9 s }]', /`for` of a fault: `1e9 s` is too long; the most is `100000 s`/],
    ['a phase that lasts for years', 'guest: { workload: [{ for: 1e9 s }] }', /`for` of a phase: `1e9 s` is too long/],
    ['a link that takes years', 'guest: { memory: 64 GiB }\nlink: 1 kbit/s', /^2:7-2:15 The link carries 1 kbit\/s: .*\(64 GiB\) takes 549755814 s, and may take at most 100000 s/],
    ['writes to a disk that nobody copies', 'storage: { writes: 1 MiB/s, inFlight: 1 ms }', /`storage.writes` is about a disk that must be copied/],
    ['an unknown fault', 'faults: [{ host: 5 s }]', /`host` is not a key of a fault\. Accepted: link, for, destination\.$/],
    ['phases to sweep', 'sweep: { guest.workload: [[{ for: 1 s }]] }', /^1:27-1:41 `sweep\.guest\.workload` needs one value/],
    ['faults to sweep', 'sweep: { faults: [1 s] }', /`faults` cannot be swept/],
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

  it('reads techniques with optimisations and presets', () => {
    const { experiment, problems } = parseExperiment(
      'compare: [pre-copy, { use: pre-copy, with: [xbzrle, auto-converge] }, { use: ./a.ts, preset: qemu, with: [] }]',
    );
    expect(problems).to.deep.equal([]);
    expect(experiment?.techniques).to.deep.equal([
      { name: 'pre-copy' },
      { name: 'pre-copy', with: ['xbzrle', 'auto-converge'] },
      { file: './a.ts', preset: 'qemu' },
    ]);
  });

  it('lets a sweep turn off what another key is about', () => {
    for (const text of [
      'guest: { deviceTracked: true }\nsweep: { guest.device: [0 MiB/s, 4 MiB/s] }',
      'client: { firstFrame: 2 s }\nsweep: { client.announced: [true, false] }',
    ]) {
      expect(parseExperiment(text).problems, text).to.deep.equal([]);
    }
  });

  it('reads fractions as percentages, too', () => {
    expect(parseExperiment('guest: { zero: 30 %, free: 12.5 % }').experiment?.settings).to.deep.equal({ 'guest.zero': 0.3, 'guest.free': 0.125 });
  });

  it('reads phases, and leaves to them what they do not say', () => {
    const { experiment, problems } = parseExperiment(`
guest:
  writes: 8 MiB/s
  workload:
    - { for: 10 s, workload: once, writes: 64 MiB/s, reads: 4 MiB/s, workingSet: 128 MiB }
    - { for: 500 ms, workingSetStart: 64 MiB, workingSetMoves: 1 MiB/s }
`);
    expect(problems).to.deep.equal([]);
    expect(experiment?.settings['guest.workload']).to.deep.equal([
      { seconds: 10, workload: 'once', 'guest.writes': 16384, 'guest.reads': 1024, 'guest.workingSet': 2 ** 27 },
      { seconds: 0.5, 'guest.workingSetStart': 2 ** 26, 'guest.workingSetMoves': 256 },
    ]);
  });

  it('reads faults in the order of their times', () => {
    const { experiment } = parseExperiment('faults: [{ destination: 5 s }, { link: 3 s, for: 200 ms }]');
    expect(experiment?.faults).to.deep.equal([
      { kind: 'link', at: 3, seconds: 0.2 },
      { kind: 'destination', at: 5 },
    ]);
  });

  it('lets free pages be zero pages, and fractions add up to all', () => {
    expect(parseExperiment('guest: { zero: 0.9, free: 0.7, cache: 0.3 }').problems).to.deep.equal([]);
    expect(parseExperiment('guest: { free: 0.9, cache: 0.1 }').problems).to.deep.equal([]);
  });

  it('sweeps every key that holds one value, by its own values', () => {
    for (const { path, values } of Object.values(SETTINGS)) {
      const text = `guest: { vcpus: 8, device: 4 MiB/s }\nclient: { announced: false }\ntracking: pml\nstorage: { size: 1 GiB }\nsweep: { ${path}: [${values.join(', ')}] }`;
      // What is swept is not said twice: YAML has no say in that, the sweep comes first.
      const { experiment, problems } = parseExperiment(text);
      const refusals = problems.filter(({ message }) => !/^The preset|contradicts|more than|is a cost|beyond/.test(message));
      expect(refusals, text).to.deep.equal([]);
      if (experiment) expect(experiment.sweep[0]!.values.map((one) => one.text)).to.deep.equal(values.map(String));
    }
  });

  describe('with a recorded trace installed', () => {
    const trace = { pageCount: 16384 } as Trace;
    const installed: Installed = { traces: new Map([['kernel-build', trace]]), presets };
    const problemsOf = (text: string) => parseExperiment(text, installed).problems.map(({ message }) => message);

    it('takes it by its name', () => {
      const { experiment, problems } = parseExperiment('guest: { workload: kernel-build }', installed);
      expect(problems).to.deep.equal([]);
      expect(experiment?.settings).to.deep.equal({ 'guest.workload': 'kernel-build' });
      expect(problemsOf('sweep: { guest.workload: [idle, kernel-build] }')).to.deep.equal([]);
    });

    it('refuses a guest that it does not fit', () => {
      expect(problemsOf('guest: { workload: kernel-build, memory: 32 MiB }')[0]).to.match(/trace is of a guest with 64 MiB/);
    });

    it('refuses what the trace says itself', () => {
      expect(problemsOf('guest: { workload: kernel-build, writes: 1 MiB/s }')[0]).to.match(/contradicts the recorded trace/);
    });

    it('refuses it as a phase', () => {
      expect(problemsOf('guest: { workload: [{ for: 1 s, workload: kernel-build }] }')[0]).to.match(/not for a phase/);
    });
  });

  describe('the table of keys', () => {
    it('is lent to phases, to entries of compare, and to sweeps', () => {
      expect(namesUnder('guest', 'workload')).to.deep.equal([
        'for',
        'workload',
        'writes',
        'reads',
        'workingSet',
        'workingSetStart',
        'workingSetMoves',
      ]);
      expect(namesUnder('compare')).to.deep.equal(['use', 'with', 'preset']);
      expect(namesUnder('tracking')).to.include.members(['use', 'firstWrite']);
      expect(namesUnder('sweep')).to.include.members(['guest.writes', 'tracking', 'preset', 'link']);
      expect(keyAt('guest', 'workload', 'reads')?.path).to.equal('guest.reads');
      expect(keyAt('guest', 'workload', 'for')?.path).to.equal('guest.workload.for');
      expect(keyAt('compare', 'with')?.path).to.equal('technique.with');
      expect(keyAt('compare')?.path).to.equal('compare');
      expect(keyAt('sweep', 'stream.channels')?.path).to.equal('stream.channels');
      expect(namesUnder('compare', 'with')).to.include.members(['xbzrle', 'auto-converge']).and.not.include('dedup');
      expect(namesUnder('technique', 'with', 'rate-adaptation')).to.deep.equal(['minimum', 'maximum', 'increment']);
      expect(keyAt('compare', 'with', 'xbzrle', 'cache')?.default).to.equal('64 MiB (QEMU’s `xbzrle-cache-size`)');
      expect(keyAt('technique', 'with', 'dedup')?.meaning).to.match(/^Sends each content once/);
      expect(keyAt('nothing')).to.equal(undefined);
    });

    it('is found from where somebody is typing, among the parameters of an optimisation too', () => {
      const keyBefore = (text: string) => keyAt(...yamlCursor(text, text.length).path)?.path;
      const namesBefore = (text: string) => namesUnder(...yamlCursor(text, text.length).path);
      for (const text of [
        'technique: { use: pre-copy, with: [xbzrle, { auto-converge: { initial: ',
        'compare:\n  - use: pre-copy\n    with:\n      - auto-converge:\n          initial: ',
      ]) {
        expect(keyBefore(text), text).to.equal('technique.with.auto-converge.initial');
        expect(namesBefore(text.replace(/initial: $/, '')), text).to.include('tailslow');
      }
      expect(namesBefore('compare: [{ use: pre-copy, with: [{ ')).to.include('rate-adaptation');
    });

    it('says of every key what it means, its unit, what it takes and its default', () => {
      for (const key of KEYS) {
        expect(key.meaning, key.path).to.match(/[.?]$/);
        for (const said of [key.unit, key.accepts, key.default, key.example]) expect(said, key.path).not.to.equal('');
      }
      expect(new Set(KEYS.map(({ path }) => path)).size).to.equal(KEYS.length);
    });

    it('offers only values that it takes', () => {
      for (const spec of [...Object.values(SETTINGS), ...PARAMETER_KEYS]) {
        expect(spec.values.length, spec.path).to.be.above(spec.unit === 'name' ? 0 : 1);
        for (const text of spec.values) {
          const scalar = /^(true|false)$/.test(text) ? text === 'true' : Number.isNaN(Number(text)) ? text : Number(text);
          const read: unknown = spec.read(scalar);
          expect(typeof read === 'object' && read !== null && 'problem' in read, `${spec.path}: ${text}`).to.equal(false);
        }
      }
    });
  });

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
      'technique',
      'use',
      'with',
      'xbzrle',
      'world',
      'both',
      'multifd',
      'auto-converge',
      'initial',
      '30 %',
      'preset',
      'qemu',
      'hyper-v',
      'tracking',
      'pml',
      'firstWrite',
      'stream',
      'channels',
      'faults',
      'destination',
      'for',
      '2 s',
      'workload',
      'once',
      'ideal',
      'true',
      'storage',
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

  describe('documents made of the table of keys', () => {
    const junk = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({}));
    const oneOf = (values: readonly string[]) =>
      fc.constantFrom(...values.map((text): unknown => (/^(true|false)$/.test(text) ? text === 'true' : isNaN(Number(text)) ? text : Number(text))));
    const mostly = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: junk });
    const valueOf = (path: string) => mostly(oneOf(SETTINGS[path as keyof typeof SETTINGS].values));
    const under = (parent: string) =>
      Object.keys(SETTINGS)
        .filter((path) => path.startsWith(`${parent}.`))
        .map((path) => [path.slice(parent.length + 1), valueOf(path)] as const);
    const some = (entries: readonly (readonly [string, fc.Arbitrary<unknown>])[]) =>
      fc.record(Object.fromEntries(entries), { requiredKeys: [] });
    const parametersOf = (name: string) => namesUnder('technique', 'with', name).map((key) => [key, oneOf(keyAt('technique', 'with', name, key)!.values)] as const);
    const tuned = fc.constantFrom(...namesUnder('technique', 'with')).chain((name) => some([[name, mostly(some(parametersOf(name)))]]));
    const names = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: oneOf(keyAt('technique', 'with')!.values) }, { weight: 1, arbitrary: tuned }), { maxLength: 3 });
    const technique = fc.oneof(
      oneOf(keyAt('technique')!.values),
      fc.constant('./mine.ts'),
      some([
        ['use', mostly(oneOf(keyAt('technique', 'use')!.values))],
        ['with', mostly(names)],
        ['preset', valueOf('preset')],
      ]),
    );
    const time = mostly(fc.constantFrom('1 s', '200 ms'));
    const activity = under('guest').filter(([name]) => /^(writes|reads|workingSet.*)$/.test(name));
    const phase = fc.record({ for: time, ...Object.fromEntries([['workload', oneOf(WORKLOADS)], ...activity]) }, { requiredKeys: ['for'] });
    const fault = fc.oneof(fc.record({ link: time, for: time }), fc.record({ destination: time }));
    const document = some([
      ['guest', mostly(some([...under('guest'), ['workload', fc.oneof(valueOf('guest.workload'), fc.array(phase, { minLength: 1, maxLength: 3 }))]]))],
      ...['link', 'stream', 'destination', 'storage', 'client'].map((parent) => [parent, mostly(some(under(parent)))] as const),
      ['tracking', fc.oneof(valueOf('tracking'), some([['use', valueOf('tracking')], ...under('tracking')]))],
      ['faults', mostly(fc.array(fault, { maxLength: 2 }))],
      ['compare', mostly(fc.array(technique, { minLength: 1, maxLength: 3 }))],
      ...['preset', 'downtimeLimit', 'maxRounds', 'maxBandwidth', 'setup', 'seed', 'recovers'].map((key) => [key, valueOf(key)] as const),
      ['ideal', fc.constantFrom(false, false, false, false, false, false, false, true)],
      ['sweep', mostly(some(Object.values(SETTINGS).map(({ path, values }) => [path, mostly(fc.shuffledSubarray([...values], { minLength: 1, maxLength: 2 }))] as const).slice(0, 2)))],
    ]);

    it('are refused in sentences, or every run of them can be made', () => {
      let accepted = 0;
      fc.assert(
        fc.property(document, (made) => {
          const { experiment, problems } = parseExperiment(JSON.stringify(made));
          for (const { message } of problems) expect(message).to.match(/[.?]$/);
          expect(experiment === undefined).to.equal(problems.length > 0);
          if (!experiment) return;
          accepted++;
          const runs = expand(experiment);
          expect(new Set(runs.map(({ label }) => label)).size).to.equal(runs.length);
          for (const run of runs) {
            const { scenario } = simulationOf(run, run.technique.file === undefined ? undefined : techniques['pre-copy']);
            const { guest, link } = scenario;
            for (const { workingSetPages, workingSetStart = 0 } of [guest, ...(guest.phases ?? [])]) {
              expect(workingSetPages).to.be.within(1, guest.pages);
              expect(workingSetStart).to.be.within(0, guest.pages - 1);
            }
            expect(guest.writers ?? 1).to.be.within(1, guest.vcpus);
            expect(link.bytesPerSecond).to.be.above(0);
            expect((guest.freeFraction ?? 0) + (guest.cacheFraction ?? 0)).to.be.at.most(1 + 1e-9);
          }
        }),
        { numRuns: 1500 },
      );
      expect(accepted, 'documents that were right').to.be.above(20);
    });
  });
});
