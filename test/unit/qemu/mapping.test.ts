import { expect } from 'chai';
import { expand, parseExperiment } from '../../../src/lab/experiment';
import { limitFor } from '../../../src/qemu/limit';
import { planOf, type Plan } from '../../../src/qemu/mapping';

const GUEST = 'guest: { memory: 64 MiB, writes: 8 MiB/s }\n';

function plan(text: string): Plan {
  const { experiment, problems } = parseExperiment(text);
  if (!experiment) throw new Error(problems[0]!.message);
  return planOf(expand(experiment)[0]!);
}
const planned = (technique: string, more = '') => plan(`${GUEST}technique: ${technique}\n${more}`);

function refusal(text: string): string {
  try {
    plan(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('an experiment, as two QEMUs do it', () => {
  it('gives each technique its capabilities and its commands', () => {
    const ways = ['stop-and-copy', 'pre-copy', 'post-copy', 'hybrid', 'demand-paging'].map((name) => {
      const { capabilities, stopsFirst, postcopyAfterSyncs, stopAfterSyncs, parameters } = planned(name);
      return [name, capabilities.join(), stopsFirst, postcopyAfterSyncs, stopAfterSyncs, parameters['max-postcopy-bandwidth']];
    });
    expect(ways).to.deep.equal([
      ['stop-and-copy', '', true, undefined, undefined, undefined],
      ['pre-copy', '', false, undefined, 31, undefined],
      ['post-copy', 'postcopy-ram', false, 1, undefined, undefined],
      ['hybrid', 'postcopy-ram', false, 2, undefined, undefined],
      ['demand-paging', 'postcopy-ram', false, 1, undefined, 12_500_000],
    ]);
  });

  it('takes the limits from the experiment, and QEMU’s own from its preset', () => {
    expect(planned('pre-copy', 'downtimeLimit: 30 ms').parameters).to.include({ 'downtime-limit': 30, 'max-bandwidth': 1e15 });
    const qemu = planned('pre-copy', 'preset: qemu');
    expect(qemu.parameters).to.include({ 'max-bandwidth': 128 * 2 ** 20 });
    expect(qemu.stopAfterSyncs, 'the hypervisor never gives up').to.equal(undefined);
    expect(planned('pre-copy', 'maxBandwidth: 32 MiB/s').parameters).to.include({ 'max-bandwidth': 32 * 2 ** 20 });
  });

  it('sets what the optimisations need', () => {
    const of = (names: string, technique = 'pre-copy') => {
      const { capabilities, parameters } = planned(`{ use: ${technique}, with: [${names}] }`);
      return [capabilities.join(), parameters['xbzrle-cache-size'], parameters['multifd-channels'], parameters['multifd-compression']];
    };
    expect(of('xbzrle')).to.deep.equal(['xbzrle', 67_108_864, undefined, undefined]);
    expect(of('multifd')).to.deep.equal(['multifd', undefined, 2, undefined]);
    expect(of('multifd, compression-zstd')).to.deep.equal(['multifd', undefined, 2, 'zstd']);
    expect(of('multifd, compression')).to.deep.equal(['multifd', undefined, 2, 'zlib']);
    expect(of('compression')).to.deep.equal(['compress', undefined, undefined, undefined]);
    expect(of('auto-converge')).to.deep.equal(['auto-converge', undefined, undefined, undefined]);
    expect(of('zero-pages')).to.deep.equal(['', undefined, undefined, undefined]);
    expect(of('preempt', 'post-copy')).to.deep.equal(['postcopy-ram,postcopy-preempt', undefined, undefined, undefined]);
    expect(planned('{ use: post-copy, with: [recovery] }').recovers).to.equal(true);
  });

  it('hands on what is said of the optimisations, and no more', () => {
    const parametersOf = (choice: string, more = '') => planned(`{ use: pre-copy, with: [${choice}] }`, more).parameters;
    const throttle = '{ auto-converge: { initial: 29 %, increment: 5 %, max: 80 %, threshold: 75 %, tailslow: true } }';
    expect(parametersOf(throttle)).to.include({
      'cpu-throttle-initial': 29,
      'cpu-throttle-increment': 5,
      'max-cpu-throttle': 80,
      'throttle-trigger-threshold': 75,
      'cpu-throttle-tailslow': true,
    });
    expect(parametersOf('auto-converge')).to.have.all.keys('downtime-limit', 'max-bandwidth');
    expect(parametersOf('{ xbzrle: { cache: 16 MiB } }')).to.include({ 'xbzrle-cache-size': 2 ** 24 });
    expect(parametersOf('{ multifd: { channels: 8 } }')).to.include({ 'multifd-channels': 8 });
    expect(parametersOf('multifd', 'stream: { channels: 1 }')).to.include({ 'multifd-channels': 1 });
  });

  it('makes a link of its own, but not one as fast as memory', () => {
    expect(planned('pre-copy', 'link: { bandwidth: 1 Gbit/s, latency: 2 ms, background: 200 Mbit/s }').link).to.deep.equal({
      bytesPerSecond: 100_000_000,
      latencySeconds: 0.002,
    });
    const fast = planned('pre-copy', 'link: 10 Gbit/s');
    expect(fast.link).to.equal(undefined);
    expect(fast.remarks.join(' ')).to.contain('no link is made');
  });

  it('says what it does otherwise, and nothing where there is nothing to be said', () => {
    expect(planned('pre-copy').remarks).to.deep.equal([]);
    expect(planned('pre-copy', 'preset: qemu').remarks).to.deep.equal([]);
    const remarks = plan('guest: { memory: 64 MiB, vcpus: 4, reads: 1 MiB/s }\ntracking: pml').remarks.join(' ');
    for (const word of ['one vCPU', 'guest.reads', '`tracking`']) expect(remarks).to.contain(word);
    expect(planned('pre-copy', 'ideal: true').remarks.join(' ')).to.contain('`ideal`');
    expect(planned('demand-paging').remarks.join(' ')).to.contain('QEMU always pushes');
  });

  it('refuses in a sentence what QEMU does not have', () => {
    const cases: [string, RegExp][] = [
      [`${GUEST}technique: ./mine.ts`, /^\.\/mine\.ts runs in the simulator only/],
      [`${GUEST}preset: xen`, /^Real QEMU cannot behave like xen/],
      [`${GUEST}technique: { use: pre-copy, with: [sdps] }`, /^QEMU has no `sdps`/],
      [`${GUEST}technique: { use: pre-copy, with: [dirty-limit] }`, /^`dirty-limit` needs KVM/],
      [`${GUEST}technique: { use: pre-copy, with: [free-page-hints] }`, /driver in the guest/],
      [`${GUEST}technique: { use: pre-copy, with: [compression-zstd] }`, /over multifd only/],
      [`${GUEST}link: 10 Gbit/s\nfaults: [{ link: 1 s, for: 1 s }]`, /can be cut/],
      [`${GUEST}storage: { size: 1 GiB }`, /no disk/],
      ['guest: { memory: 64 MiB, workload: [{ for: 1 s }, { for: 1 s, writes: 1 MiB/s }] }', /phases/i],
      ['guest: { memory: 4 GiB }', /from 4 MiB to 3 GiB/],
    ];
    for (const [text, expected] of cases) expect(refusal(text), text).to.match(expected).and.match(/\.$/);
  });

  it('gives a migration ten times what it takes at least, and refuses what nobody would wait for', () => {
    expect(limitFor(plan('guest: { memory: 125 MiB }\nlink: 8388608 bit/s'))).to.be.closeTo(20 + 1250, 1e-6);
    expect(() => limitFor(plan('guest: { memory: 1 GiB }\nlink: 1 Mbit/s'))).to.throw(/minutes at least/);
  });
});
