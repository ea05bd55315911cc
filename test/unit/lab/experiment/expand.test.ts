import { expect } from 'chai';
import { expand, KEYS, parseExperiment } from '../../../../src/lab/experiment';

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
    for (const key of KEYS.filter(({ path }) => !['guest', 'compare', 'sweep', 'guest.workingSet'].includes(path))) {
      const [parent, name] = key.path.split('.');
      const text = name ? `${parent}: { ${name}: ${key.default} }` : `${key.path}: ${key.default}`;
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
});
