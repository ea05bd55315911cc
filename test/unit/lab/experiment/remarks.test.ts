import { expect } from 'chai';
import { simulate, type TechniqueName } from '../../../../src/engine';
import { presets } from '../../../../src/engine/techniques/hypervisors';
import { expand, parseExperiment, remarksOn, simulationOf } from '../../../../src/lab/experiment';

function remarks(text: string): string[] {
  const { experiment, problems } = parseExperiment(text);
  expect(problems, text).to.deep.equal([]);
  return remarksOn(experiment!);
}

describe('what an experiment says without any effect', () => {
  const said: [string, string, string[]][] = [
    [
      'optimisations that their technique gives no occasion',
      'technique: { use: pre-copy, with: [bubbling, recovery, xbzrle] }',
      [
        '`bubbling` is of no use in pre-copy: no page is left for after the hand-over.',
        '`recovery` is of no use in pre-copy: no page is left for after the hand-over.',
      ],
    ],
    [
      'the same with parameters, in every technique that is compared',
      'compare: [{ use: post-copy, with: [{ auto-converge: { initial: 30 % } }] }, { use: hybrid, with: [xbzrle] }, { use: demand-paging, with: [active-push] }]',
      [
        '`auto-converge` is of no use in post-copy: no page is sent while the guest runs at the source.',
        '`xbzrle` is of no use in hybrid: no page is sent twice while the guest runs at the source.',
        '`active-push` is of no use in demand-paging: no page is sent unasked.',
      ],
    ],
    [
      'a channel past no queue',
      'technique: { use: post-copy, with: [preempt] }',
      ['`preempt` is of no use here: no queue is to be passed, such as `link: { queue: 256 KiB }`.'],
    ],
    [
      'a mirror of no disk',
      'technique: { use: ./mine.ts, with: [mirror-storage] }',
      ['`mirror-storage` is of no use here: no disk is to be copied, such as `storage: { size: 4 GiB }`.'],
    ],
    [
      'what Xen has not',
      'preset: xen\ntechnique: { use: pre-copy, with: [xbzrle, skip-dirty] }',
      ['Xen has no `xbzrle`: this is what it would do there.'],
    ],
    [
      'limits for which nobody asks',
      'preset: hyper-v\ndowntimeLimit: 30 ms\nsweep: { maxRounds: [5, 30] }',
      ['No technique here asks for `maxRounds`: it changes no migration.', 'No technique here asks for `downtimeLimit`: it changes no migration.'],
    ],
    ['a bandwidth for which nobody asks', 'maxBandwidth: 32 MiB/s', ['No technique here asks for `maxBandwidth`: it changes no migration.']],
    ['nothing of what somebody’s own strategy may ask for', 'maxRounds: 3\ntechnique: { use: ./mine.ts, with: [bubbling, auto-converge] }', []],
    ['nothing of a limit for which one of several asks', 'maxRounds: 3\ncompare: [stop-and-copy, pre-copy, post-copy]', []],
    ['nothing of a queue that is swept', 'technique: { use: post-copy, with: [preempt] }\nsweep: { link.queue: [0 B, 256 KiB] }', []],
    ['nothing of QEMU’s post-copy, which begins with pages', 'preset: qemu\ntechnique: { use: post-copy, with: [skip-dirty] }', []],
    ['nothing of a limit to which real QEMU keeps', 'world: both\nmaxBandwidth: 32 MiB/s\ntechnique: { use: post-copy, with: [preempt] }', []],
    ['nothing of a plain experiment', 'seed: 1', []],
  ];
  for (const [what, text, expected] of said) {
    it(`says ${what}`, () => expect(remarks(text)).to.deep.equal(expected));
  }

  it('is right about the limits: with another one, nothing is different', () => {
    const guest = 'guest: { memory: 32 MiB, writes: 40 MiB/s, workload: linear }\nlink: 200 Mbit/s\n';
    const LIMITS = { maxRounds: ['2', '9'], downtimeLimit: ['1 ms', '600 ms'], maxBandwidth: ['1 MiB/s', '100 MiB/s'] };
    const ways = [['none', ['stop-and-copy', 'pre-copy', 'demand-paging', 'post-copy', 'hybrid']] as const].concat(
      Object.entries(presets).map(([name, { strategies }]) => [name, Object.keys(strategies)] as never),
    );
    for (const [limit, values] of Object.entries(LIMITS)) {
      for (const [preset, techniques] of ways) {
        for (const technique of techniques as readonly TechniqueName[]) {
          const texts = values.map((value) => `${guest}preset: ${preset}\ntechnique: ${technique}\n${limit}: ${value}`);
          const reports = texts.map((text) => {
            const { scenario, strategy } = simulationOf(expand(parseExperiment(text).experiment!)[0]!);
            const { downtimeLimitSeconds: _, converged: __, ...report } = simulate(scenario, strategy, { maxSeconds: 200 });
            return JSON.stringify(report);
          });
          const isAskedFor = remarks(texts[0]!).length === 0;
          if (!isAskedFor) expect(reports[0], texts[0]).to.equal(reports[1]);
          else if (technique === 'pre-copy') expect(reports[0], texts[0]).not.to.equal(reports[1]);
        }
      }
    }
  });
});
