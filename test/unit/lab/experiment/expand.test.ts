import { expect } from 'chai';
import { MECHANISMS, simulate, techniques } from '../../../../src/engine';
import { presets } from '../../../../src/engine/techniques/hypervisors';
import type { Trace } from '../../../../src/engine/trace/trace';
import {
  expand,
  KEYS,
  nameOf,
  parseExperiment,
  SETTINGS,
  simulationOf,
  type Installed,
} from '../../../../src/lab/experiment';

function runsOf(text: string) {
  const { experiment, problems } = parseExperiment(text);
  expect(problems).to.deep.equal([]);
  return expand(experiment!);
}

describe('expand', () => {
  it('fills in the defaults', () => {
    const [run] = runsOf('seed: 1');
    expect(run).to.deep.equal({
      label: 'pre-copy',
      point: {},
      technique: { name: 'pre-copy' },
      scenario: {
        guest: {
          pages: 262144,
          workload: 'random',
          writesPerSecond: 8192,
          readsPerSecond: 0,
          workingSetPages: 65536,
          zeroFraction: 0,
          vcpus: 1,
          stateBytes: 2 ** 20,
        },
        link: { bytesPerSecond: 125e6, latency: 1e-4 },
        downtimeLimit: 0.3,
        maxRounds: 30,
        seed: 1,
        ideal: false,
      },
    });
  });

  it('uses the very defaults that the key table promises', () => {
    const [scenario] = runsOf('seed: 1').map((run) => run.scenario);
    // These say in words what they are, since it hangs on others.
    const inWords = [
      'guest.workingSet',
      'guest.writers',
      'stream.zeroPageCost',
      'stream.channels',
      ...KEYS.map(({ path }) => path).filter((path) => /^(tracking|client|storage|technique)\./.test(path)),
    ];
    for (const key of Object.values(SETTINGS).filter(({ path }) => !inWords.includes(path))) {
      const [parent, name] = key.path.split('.');
      const text = name ? `${parent}: { ${name}: ${key.default} }` : `${key.path}: ${key.default}`;
      expect(runsOf(text)[0].scenario, text).to.deep.equal(scenario);
    }
    for (const text of ['guest: { vcpus: 1, writers: 1 }', 'link: 1 Gbit/s', 'technique: pre-copy']) {
      expect(runsOf(text)[0].scenario, text).to.deep.equal(scenario);
    }
  });

  it('makes the ideal world ideal', () => {
    const [{ scenario }] = runsOf('ideal: true');
    expect(scenario.link.latency).to.equal(0);
    expect(scenario.guest.stateBytes).to.equal(0);
    expect(scenario.ideal).to.equal(true);
  });

  it('subtracts background traffic from the link', () => {
    const [{ scenario }] = runsOf('link: { bandwidth: 1 Gbit/s, background: 200 Mbit/s }');
    expect(scenario.link.bytesPerSecond).to.equal(100e6);
  });

  it('keeps an idle guest idle', () => {
    const [{ scenario }] = runsOf('guest: { workload: idle, writes: 64 MiB/s }');
    expect(scenario.guest.writesPerSecond).to.equal(0);
  });

  it('gives a quarter of the memory as working set, at each point of a sweep', () => {
    const runs = runsOf('sweep: { guest.memory: [4 KiB, 64 MiB] }');
    expect(runs.map(({ scenario }) => scenario.guest.workingSetPages)).to.deep.equal([1, 4096]);
  });

  it('multiplies techniques and sweep, the last key fastest, techniques innermost', () => {
    const runs = runsOf('compare: [pre-copy, ./a.ts]\nsweep: { link: [1 Gbit/s, 10 Gbit/s], seed: [1, 2] }');
    expect(runs.map(({ label }) => label)).to.deep.equal([
      'pre-copy, link.bandwidth 1 Gbit/s, seed 1',
      './a.ts, link.bandwidth 1 Gbit/s, seed 1',
      'pre-copy, link.bandwidth 1 Gbit/s, seed 2',
      './a.ts, link.bandwidth 1 Gbit/s, seed 2',
      'pre-copy, link.bandwidth 10 Gbit/s, seed 1',
      './a.ts, link.bandwidth 10 Gbit/s, seed 1',
      'pre-copy, link.bandwidth 10 Gbit/s, seed 2',
      './a.ts, link.bandwidth 10 Gbit/s, seed 2',
    ]);
    expect(runs[7]).to.include({ label: './a.ts, link.bandwidth 10 Gbit/s, seed 2' });
    expect(runs[7].scenario.seed).to.equal(2);
    expect(runs[7].scenario.link.bytesPerSecond).to.equal(1.25e9);
    expect(runs[7].point).to.deep.equal({ 'link.bandwidth': '10 Gbit/s', seed: '2' });
  });

  it('gives the engine what a document says of the guest', () => {
    const [{ scenario }] = runsOf(`
guest:
  { memory: 64 MiB, workingSetStart: 8 MiB, workingSetMoves: 16 MiB/s, vcpus: 4, writers: 2, partitioned: true,
    zero: 0.5, free: 0.4, cache: 0.1, compressed: 0.5, changed: 8 B, duplicates: 0.2,
    device: 4 MiB/s, deviceTracked: true }
`);
    expect(scenario.guest).to.deep.include({
      workingSetStart: 2048,
      workingSetMoves: 4096,
      writers: 2,
      partitioned: true,
      freeFraction: 0.4,
      cacheFraction: 0.1,
      content: { compressedFraction: 0.5, bytesPerWrite: 8, duplicateFraction: 0.2 },
      deviceWritesPerSecond: 1024,
      deviceTracked: true,
    });
  });

  it('gives the engine what a document says of the hosts and of what lies between them', () => {
    const [{ scenario }] = runsOf(`
link: { queue: 256 KiB }
tracking: { use: pml, exit: 10 us, scan: 1 ns, exitPages: 256 }
stream: { zeroPages: false, zeroPageCost: 0.5 us, pageCost: 2 us, channels: 2 }
destination: { fault: 100 us }
storage: { size: 1 GiB, writes: 8 MiB/s, inFlight: 5 ms }
client: { probe: 10 ms, announced: false }
faults: [{ link: 3 s, for: 2 s }]
recovers: true
maxBandwidth: 128 MiB/s
setup: 20 ms
`);
    expect(scenario).to.deep.include({
      link: { bytesPerSecond: 125e6, latency: 1e-4, queueBytes: 2 ** 18 },
      tracking: { ...MECHANISMS.pml, exitSeconds: 1e-5, scanSecondsPerPage: 1e-9, exitPages: 256 },
      stream: { encodings: [], zeroPages: false, zeroPageSeconds: 5e-7, fullPageSeconds: 2e-6, channels: 2 },
      destination: { faultSeconds: 1e-4 },
      storage: { bytes: 2 ** 30, writtenBytesPerSecond: 2 ** 23, inFlightSeconds: 0.005 },
      client: { probeSeconds: 0.01, patienceSeconds: 60, announced: false },
      faults: [{ kind: 'link', at: 3, seconds: 2 }],
      recovers: true,
      maxBandwidth: 2 ** 27,
      setupSeconds: 0.02,
    });
  });

  it('lets each phase have what it does not say from the guest', () => {
    const [{ scenario }] = runsOf(`
guest:
  memory: 64 MiB
  writes: 8 MiB/s
  reads: 4 MiB/s
  workingSet: 32 MiB
  workload: [{ for: 10 s, writes: 1 MiB/s }, { for: 5 s, workload: idle }, { for: 1 s, workload: once, workingSet: 8 MiB }]
`);
    const rates = { writesPerSecond: 2048, readsPerSecond: 1024, workingSetPages: 8192 };
    expect(scenario.guest.phases).to.deep.equal([
      { ...rates, seconds: 10, workload: 'random', writesPerSecond: 256 },
      { ...rates, seconds: 5, workload: 'idle', writesPerSecond: 0, readsPerSecond: 0 },
      { ...rates, seconds: 1, workload: 'once', workingSetPages: 2048 },
    ]);
  });

  it('gives the engine a recorded trace, and its guest the memory that was recorded', () => {
    const trace = { pageCount: 16384 } as Trace;
    const installed: Installed = { traces: new Map([['kernel-build', trace]]), presets };
    const [run] = expand(parseExperiment('guest: { workload: kernel-build }', installed).experiment!, installed);
    expect(run.scenario.guest).to.include({ trace, pages: 16384 });
  });

  it('sweeps over tracking mechanisms', () => {
    const runs = runsOf('sweep: { tracking: [none, pml, shadow] }');
    expect(runs.map(({ scenario }) => scenario.tracking?.mechanism)).to.deep.equal([undefined, 'pml', 'shadow']);
    expect(runs[1].label).to.equal('pre-copy, tracking pml');
  });

  describe('with presets', () => {
    it('prepares the setting for each, at each point of a sweep', () => {
      const runs = runsOf('sweep: { preset: [none, qemu, xen] }');
      const [plain] = runsOf('seed: 1');
      expect(runs.map(({ preset }) => preset)).to.deep.equal([undefined, 'qemu', 'xen']);
      expect(runs.map(({ label }) => label)).to.deep.equal(['none', 'qemu', 'xen'].map((name) => `pre-copy, preset ${name}`));
      expect(runs.map(({ scenario }) => scenario)).to.deep.equal([
        plain.scenario,
        presets.qemu.prepare(plain.scenario),
        presets.xen.prepare(plain.scenario),
      ]);
    });

    it('takes the hypervisor of one technique before that of all', () => {
      const runs = runsOf('preset: qemu\ncompare: [pre-copy, { use: pre-copy, preset: xen }, { use: pre-copy, preset: none }]');
      expect(runs.map(({ preset }) => preset)).to.deep.equal(['qemu', 'xen', undefined]);
      expect(runs.map(({ label }) => label)).to.deep.equal(['pre-copy', 'pre-copy (xen)', 'pre-copy (none)']);
    });

    it('puts what the document says before what the preset says', () => {
      const said = 'tracking: none\nstream: { zeroPages: false }\ndowntimeLimit: 20 ms\nmaxBandwidth: unlimited\nsetup: 0 ms';
      const [{ scenario }] = runsOf(`preset: qemu\n${said}`);
      const [open] = runsOf('preset: qemu');
      expect(open.scenario.tracking?.mechanism).not.to.equal('none');
      expect(scenario.tracking?.mechanism).to.equal('none');
      expect(scenario.stream).to.deep.equal({ ...open.scenario.stream, zeroPages: false });
      expect(scenario).to.include({ downtimeLimit: 0.02, maxBandwidth: Infinity, setupSeconds: 0 });
    });

    it("runs the hypervisor's own strategy", () => {
      const [textbook, hypervisor] = runsOf('guest: { memory: 16 MiB }\ncompare: [pre-copy, { use: pre-copy, preset: hyper-v }]');
      expect(simulationOf(textbook).strategy).to.equal(techniques['pre-copy']);
      expect(simulationOf(hypervisor).strategy).to.equal(presets['hyper-v'].strategies['pre-copy']);
    });
  });

  describe('with optimisations', () => {
    const [plain, delta] = runsOf(`
guest: { memory: 64 MiB, writes: 512 MiB/s, workingSet: 48 MiB, changed: 1 KiB }
link: 200 Mbit/s
preset: xen-legacy
compare: [pre-copy, { use: pre-copy, with: [xbzrle, auto-converge] }]`);

    it('names them', () => expect(nameOf(delta.technique)).to.equal('pre-copy + xbzrle + auto-converge'));

    it('prepares the setting after the preset has, and only where they are named', () => {
      expect(plain.scenario).to.deep.equal(delta.scenario);
      expect(simulationOf(plain).scenario.stream?.encodings).to.deep.equal([]);
      const { stream, tracking } = simulationOf(delta).scenario;
      expect(stream?.encodings.map(({ kind }) => kind)).to.deep.equal(['xbzrle']);
      expect(tracking).to.deep.equal(plain.scenario.tracking);
    });

    it('puts them around the strategy', () => {
      const [without, with_] = [plain, delta].map((run) => {
        const { scenario, strategy } = simulationOf(run);
        return simulate(scenario, strategy);
      });
      expect(without.pagesByEncoding.xbzrle ?? 0).to.equal(0);
      expect(with_.pagesByEncoding.xbzrle).to.be.above(0);
      expect(without.lostWork.throttledSeconds).to.equal(0);
      expect(with_.lostWork.throttledSeconds).to.be.above(0);
    });

    it('keeps to what the document says of the stream itself', () => {
      const streamOf = (said: string, optimization: string, preset = 'none') => {
        const [run] = runsOf(`stream: { ${said} }\ntechnique: { use: pre-copy, with: [${optimization}], preset: ${preset} }`);
        return simulationOf(run!).scenario.stream;
      };
      expect(streamOf('zeroPageCost: 50 us', 'zero-pages')).to.include({ zeroPages: true, zeroPageSeconds: 5e-5 });
      expect(streamOf('zeroPageCost: 0 us', 'zero-pages')).to.include({ zeroPageSeconds: 0 });
      expect(streamOf('pageCost: 1 us', 'zero-pages')).to.include({ zeroPageSeconds: 0.48e-6 });
      expect(streamOf('pageCost: 1 us', 'zero-pages', 'qemu'), 'QEMU looks for them anyway').to.include({ zeroPageSeconds: 0.55e-6 });
      expect(streamOf('zeroPages: false', 'zero-pages'), 'that is what the optimisation is for').to.include({ zeroPages: true });
      expect(streamOf('channels: 1', 'multifd')).to.include({ channels: 1 });
      expect(streamOf('channels: 1', '{ multifd: { channels: 4 } }')).to.include({ channels: 4 });
      expect(streamOf('pageCost: 1 us', 'multifd')).to.include({ channels: 2 });
    });

    it('tracks with the ring that dirty limit needs, also under a preset that has another mechanism', () => {
      const mechanism = (text: string) => simulationOf(runsOf(text)[0]!).scenario.tracking;
      expect(mechanism('technique: { use: pre-copy, with: [dirty-limit] }\npreset: qemu')).to.equal(MECHANISMS['dirty-ring']);
      const ring = 'tracking: { use: dirty-ring, exitPages: 512 }';
      expect(mechanism(`technique: { use: pre-copy, with: [dirty-limit] }\npreset: qemu\n${ring}`)).to.deep.equal({
        ...MECHANISMS['dirty-ring'],
        exitPages: 512,
      });
    });

    it('tells their parameters apart in the label, in whatever way they are written', () => {
      const runs = runsOf(`
compare:
  - { use: pre-copy, with: [auto-converge] }
  - { use: pre-copy, with: [{ auto-converge: { initial: 0.3 } }] }
  - { use: pre-copy, with: [xbzrle, { auto-converge: { initial: 40 %, increment: 5 %, tailslow: true } }], preset: qemu }
  - use: pre-copy
    with:
      - rate-adaptation:
          minimum: 200 Mbit/s
          maximum: 5 Gbit/s
      - dirty-limit: { limit: 40 MiB/s }
  - { use: pre-copy, with: [{ xbzrle: {} }] }`);
      expect(runs.map(({ label }) => label)).to.deep.equal([
        'pre-copy + auto-converge',
        'pre-copy + auto-converge (initial 30 %)',
        'pre-copy (qemu) + xbzrle + auto-converge (initial 40 %; increment 5 %; tailslow true)',
        'pre-copy + rate-adaptation (minimum 200 Mbit/s; maximum 5 Gbit/s) + dirty-limit (limit 40 MiB/s)',
        'pre-copy + xbzrle',
      ]);
      expect(runs[1]!.technique.with).to.deep.equal([{ name: 'auto-converge', parameters: { initial: 0.3 } }]);
      expect(runs[4]!.technique.with).to.deep.equal(['xbzrle']);
    });

    it('lets parameters take effect', () => {
      const [usual, harder] = runsOf(`
guest: { memory: 64 MiB, workload: linear, writes: 256 MiB/s }
link: 100 Mbit/s
compare:
  - { use: pre-copy, with: [auto-converge] }
  - { use: pre-copy, with: [{ auto-converge: { initial: 60 % } }] }`).map((run) => {
        const { scenario, strategy } = simulationOf(run);
        return simulate(scenario, strategy);
      });
      expect(usual!.notes[0]!.text).to.equal('auto-converge: 20 %');
      expect(harder!.notes[0]!.text).to.equal('auto-converge: 60 %');
      expect(harder!.throughput.during).to.be.below(usual!.throughput.during);
    });

    it('takes another strategy in place of the technique', () => {
      const [run] = runsOf('guest: { memory: 1 MiB }\ntechnique: ./mine.ts');
      expect(() => simulationOf(run)).to.throw('no strategy');
      expect(simulationOf(run, techniques['post-copy']).strategy).to.equal(techniques['post-copy']);
    });
  });
});
