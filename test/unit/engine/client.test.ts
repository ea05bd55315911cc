import { expect } from 'chai';
import fc from 'fast-check';
import { optimized, simulate, techniques, type ClientSpec, type Migration, type Report, type Scenario, type Strategy } from '../../../src/engine';
import { clientView } from '../../../src/engine/client/client-view';
import { outagesOf, type Whereabouts } from '../../../src/engine/client/outages';
import { presets } from '../../../src/engine/techniques/hypervisors';
import { anySurroundings, anyTechnique } from './any-scenario';
import { naiveDestination, type NaiveWait } from './naive-destination';
import { ideal } from './scenarios';

const client: ClientSpec = { probeSeconds: 0.01, patienceSeconds: 10 };

/** 256 pages, 1,024 pages a second: figures of which nothing rounds. */
const small = (rest: Partial<Scenario> = {}): Scenario => ({
  ...ideal({ pages: 256, workingSetPages: 64 }),
  ideal: false,
  link: { bytesPerSecond: 1024 * 4104, latency: 0 },
  client,
  ...rest,
});

/** Four pages, a second for a page, and a guest that reads them in order, twice in a second of its work. */
const slow = (rest: Partial<Scenario> = {}, vcpus = 1): Scenario => ({
  ...ideal({ pages: 4, workingSetPages: 4, workload: 'sequential', readsPerSecond: 2, vcpus }),
  link: { bytesPerSecond: 4096, latency: 0 },
  client: { probeSeconds: 0.125, patienceSeconds: 10 },
  ...rest,
});

function* handOver(m: Migration) {
  m.pause();
  yield m.sendState();
  m.resumeAtDestination();
}

describe('a client on the network', () => {
  const stopAndCopy = techniques['stop-and-copy'];

  it('misses the guest for longer than the downtime, if nobody announces where it is', () => {
    const scenario = small({ client: { ...client, announced: false, firstFrameSeconds: 0.5 } });
    const report = simulate(scenario, stopAndCopy);
    expect(report.downtimeSeconds).to.equal(0.25);
    expect(report.client).to.include({
      outageSeconds: 0.75,
      outageBecause: 'paused',
      answersAgain: true,
      reachableAtSeconds: 0.75,
      probesLost: 75,
      tcpSurvives: true,
    });
  });

  it('hears of no announcement if the network carries none, whatever the strategy calls', () => {
    const scenario = small({ client: { ...client, announced: false, firstFrameSeconds: 0.5 } });
    const announcing: Strategy = function* (m) {
      yield* stopAndCopy(m);
      m.announce();
    };
    expect(simulate(scenario, announcing).client).to.include({ outageSeconds: 0.75, probesLost: 75 });
    for (const { prepare, strategies } of Object.values(presets)) {
      const prepared = prepare(scenario);
      const report = simulate(prepared, strategies['pre-copy']!);
      expect(report.client!.outageSeconds).to.be.closeTo(report.downtimeSeconds + 0.5 + prepared.link.latency, 1e-9);
    }
  });

  it('finds it when the strategy announces it, or as soon as it runs', () => {
    const announcing = (after: number): Strategy =>
      function* (m) {
        yield* stopAndCopy(m);
        yield m.wait(after);
        m.announce();
      };
    expect(simulate(small(), stopAndCopy).client).to.include({ outageSeconds: 0.25, probesLost: 25 });
    expect(simulate(small(), announcing(0)).client).to.include({ outageSeconds: 0.25, probesLost: 25 });
    expect(simulate(small(), announcing(0.25)).client).to.include({ outageSeconds: 0.5, reachableAtSeconds: 0.5 });
    expect(simulate(small(), announcing(5)).client, 'a frame of the guest comes first').to.include({ outageSeconds: 1.25 });
  });

  it('misses nothing of a guest that was never paused', () => {
    const report = simulate(small({ faults: [{ kind: 'link', at: 0.125, seconds: 1 }] }), techniques['pre-copy']);
    expect(report.broken?.outcome).to.equal('failed');
    expect(report.client).to.deep.equal({
      outageSeconds: 0,
      answersAgain: true,
      probesSent: 13,
      probesLost: 0,
      tcpStallSeconds: 0,
      tcpSurvives: true,
    });
  });

  it('misses a guest whose migration fails from its pause until it goes on at the source', () => {
    const broken = simulate(small({ faults: [{ kind: 'link', at: 0.125, seconds: 1 }] }), stopAndCopy);
    expect(broken.broken?.outcome).to.equal('failed');
    // What was sent to it waits for it there: only the probe of 0.12 s is answered before the next one is sent.
    const outage = { outageSeconds: 0.125, outageBecause: 'paused', tcpStallSeconds: 0.125, probesSent: 13, probesLost: 12 };
    expect(broken.client).to.include(outage).and.not.have.property('reachableAtSeconds');
    const givenUp = simulate(small(), function* (m) {
      m.pause();
      yield m.wait(0.125);
      m.abort('enough');
    });
    expect(givenUp.client).to.deep.equal(broken.client);
  });

  it('never hears again of a guest that nobody resumes', () => {
    const report = simulate(small({ client: { ...client, probeSeconds: 0.125 } }), function* (m) {
      yield m.wait(0.25);
      m.pause();
      yield m.wait(0.25);
    });
    expect(report.client).to.deep.equal({ outageBecause: 'lost', answersAgain: false, probesSent: 5, probesLost: 3, tcpSurvives: false });
  });

  it('never hears again of a guest that is lost', () => {
    for (const fault of [{ kind: 'link', at: 0.125, seconds: 1 }, { kind: 'destination', at: 0.125 }] as const) {
      const report = simulate(small({ faults: [fault] }), techniques['post-copy']);
      expect(report.broken?.outcome).to.equal('lost');
      expect(report.client).to.include({ answersAgain: false, outageBecause: 'lost', tcpSurvives: false });
      expect(report.client).to.not.have.any.keys('outageSeconds', 'tcpStallSeconds');
      expect(JSON.parse(JSON.stringify(report.client))).to.deep.equal(report.client);
    }
    const unfound = small({ faults: [{ kind: 'destination', at: 0.125 }], client: { ...client, announced: false } });
    expect(simulate(unfound, techniques['post-copy']).client).to.not.have.property('reachableAtSeconds');
  });

  it('misses it while all its vCPUs wait for pages', () => {
    const wait = (seconds: number): Strategy =>
      function* (m) {
        yield* handOver(m);
        yield m.wait(seconds);
      };
    // One vCPU asks for page 0 at 0.5 s and has it at 1.5 s, for page 1 at 2 s and has it at 3 s.
    expect(simulate(slow(), wait(3.25)).client).to.deep.equal({
      outageSeconds: 1,
      outageBecause: 'missing-pages',
      answersAgain: true,
      reachableAtSeconds: 0,
      probesSent: 27,
      // Of the eight probes in a second, the last is answered before the next one is sent.
      probesLost: 14,
      tcpStallSeconds: 1,
      tcpSurvives: true,
    });
    // Of two vCPUs, the first waits from 0.5 s to 1.5 s, the second from 1 s to 2.5 s.
    expect(simulate(slow({}, 2), wait(2.25)).client).to.include({ outageSeconds: 0.5, probesLost: 3, tcpStallSeconds: 0.5 });
  });

  it('follows it no further than to the end of the run, but for a page that is on its way', () => {
    const ending = (scenario: Scenario, seconds: number) =>
      simulate(scenario, function* (m) {
        yield* handOver(m);
        yield m.wait(seconds);
      }).client;
    expect(ending(slow(), 1.25)).to.include({ outageSeconds: 1, probesSent: 13 });
    // It runs from 1 s on, is found at 2 s, and waits from 1.5 s for a page that leaves at 2.5 s and arrives at 4.5 s.
    const far = { ...slow(), ideal: false, link: { bytesPerSecond: 4104, latency: 1 } };
    expect(ending(far, 2.25)).to.include({ outageSeconds: 2.25, outageBecause: 'paused', answersAgain: true });
    expect(ending(far, 4)).to.include({ outageSeconds: 4.5, outageBecause: 'missing-pages' });
  });

  it('misses it for as long as a broken link keeps all its vCPUs waiting', () => {
    const scenario = slow({ faults: [{ kind: 'link', at: 1, seconds: 3 }], recovers: true });
    // It asks for page 0 at 0.5 s; that is lost at 1 s, asked for again at 4 s + 4/8 B of greeting, and there after 1 s.
    const greeting = 0.5 / 4096;
    const report = simulate(scenario, function* (m) {
      yield* handOver(m);
      yield m.wait(8);
    });
    expect(report.client).to.include({ outageSeconds: 4.5 + greeting, outageBecause: 'missing-pages', tcpSurvives: true });
    const lost = simulate({ ...scenario, recovers: false }, function* (m) {
      yield* handOver(m);
      yield m.wait(8);
    });
    expect(lost.client).to.include({ answersAgain: false, outageBecause: 'lost', tcpSurvives: false });
  });

  it('sees what a plain engine says, whatever the guest', () => {
    const some = fc.record({
      workload: fc.constantFrom('linear', 'sequential', 'random', 'hot-cold'),
      writesPerSecond: fc.constantFrom(0, 512, 4096),
      readsPerSecond: fc.constantFrom(0, 512, 4096),
      workingSetPages: fc.integer({ min: 1, max: 300 }),
      vcpus: fc.constantFrom(1, 2, 3),
    });
    const latency = fc.constantFrom(0, 1 / 1024, 1 / 64);
    fc.assert(
      fc.property(some, latency, fc.nat(1000), fc.constantFrom(1 / 1024, 1 / 32), (guest, latency, seed, probeSeconds) => {
        const spec = { probeSeconds, patienceSeconds: 1 };
        const scenario: Scenario = {
          ...small({ link: { bytesPerSecond: 1024 * 4104, latency }, seed, client: spec }),
          guest: { pages: 300, zeroFraction: 0, stateBytes: 0, ...guest },
        };
        const report = simulate(scenario, function* (m) {
          yield* handOver(m);
          yield m.send(m.missing());
        });
        const waits: NaiveWait[] = [];
        naiveDestination(scenario, [Array.from({ length: 300 }, (_, i) => i)], waits);
        const outages = outagesOf({ pausedAt: 0, reachableAt: 2 * latency, standstills: standstillsOf(waits, guest.vcpus) });
        expect(report.client).to.deep.equal(clientView(spec, outages, report.totalSeconds, 2 * latency));
      }),
      { numRuns: 100 },
    );
  });

  it('changes nothing by looking, and loses no more than there is, whatever breaks or costs time', () => {
    const spec = fc.record({
      probeSeconds: fc.constantFrom(0.001, 0.03, 1),
      patienceSeconds: fc.constantFrom(0, 0.1, 5),
      announced: fc.boolean(),
      firstFrameSeconds: fc.constantFrom(0, 0.05, 3),
    });
    fc.assert(
      fc.property(anySurroundings, anyTechnique, spec, (surroundings, name, client) => {
        const { scenario, strategy } = optimized(surroundings, techniques[name], ['mirror-storage']);
        const { client: seen, ...report } = simulate({ ...scenario, client }, strategy);
        expect(report).to.deep.equal(simulate(scenario, strategy));
        expect(JSON.parse(JSON.stringify(seen))).to.deep.equal(seen);
        const { outageSeconds = Infinity, tcpStallSeconds = Infinity, probesLost, probesSent, answersAgain, tcpSurvives } = seen!;
        expect(answersAgain).to.equal(outageSeconds < Infinity).and.to.equal(report.broken?.outcome !== 'lost');
        expect(probesLost).to.be.within(0, probesSent);
        expect(tcpStallSeconds).to.be.at.least(outageSeconds);
        expect(tcpSurvives).to.equal(tcpStallSeconds <= client.patienceSeconds);
        expect(outageSeconds).to.be.at.least(report.downtimeSeconds);
        if (report.broken?.outcome === 'failed') expect(outageSeconds).to.equal(report.downtimeSeconds);
      }),
      { numRuns: 200 },
    );
  });
});

/** When all vCPUs waited at once: from, to, from, to … */
function standstillsOf(waits: readonly NaiveWait[], vcpus: number): number[] {
  const times = [...new Set(waits.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const still = (a: number, b: number) => new Set(waits.filter(({ from, to }) => from <= a && to >= b).map(({ vcpu }) => vcpu)).size === vcpus;
  const spans = times.slice(1).flatMap((to, i) => (still(times[i]!, to) ? [times[i]!, to] : []));
  return spans.filter((time, i) => time !== spans[i % 2 === 0 ? i - 1 : i + 1]);
}

describe('the view of a client', () => {
  const view = (whereabouts: Whereabouts, spec: Partial<ClientSpec> = {}, totalSeconds = 20): Report['client'] =>
    clientView({ probeSeconds: 1, patienceSeconds: 10, ...spec }, outagesOf(whereabouts), totalSeconds);

  it('retransmits after 0.2 s, 0.6 s, 1.4 s, 3 s …, and gives up when it has no patience left', () => {
    const stall = (outage: number, patienceSeconds = 10) => {
      const { tcpStallSeconds, tcpSurvives } = view({ pausedAt: 5, reachableAt: 5 + outage }, { patienceSeconds })!;
      return [Number(tcpStallSeconds!.toFixed(9)), tcpSurvives];
    };
    expect(stall(0.1)).to.deep.equal([0.2, true]);
    expect(stall(0.25)).to.deep.equal([0.6, true]);
    expect(stall(1)).to.deep.equal([1.4, true]);
    expect(stall(2, 2.5)).to.deep.equal([3, false]);
  });

  it('need not send again what waits at the destination', () => {
    const standstills = [6, 9];
    expect(view({ pausedAt: 5, reachableAt: 5.25, standstills })).to.include({ outageSeconds: 3, tcpStallSeconds: 3 });
    // What was lost is sent again at 5.6 s, while the guest stands still, and answered when it goes on.
    expect(view({ pausedAt: 5, reachableAt: 5.25, standstills: [5.125, 5.75] })).to.include({ outageSeconds: 0.75, tcpStallSeconds: 0.75 });
    expect(view({ pausedAt: 5, reachableAt: 5.25, standstills: [5.125, 5.5] })).to.include({ outageSeconds: 0.5 });
    expect(view({ pausedAt: 5, reachableAt: 5.25, standstills: [5.125, 5.5] })!.tcpStallSeconds).to.be.closeTo(0.6, 1e-12);
  });

  it('loses the probes sent from the pause on, and not the one sent when the guest can be reached again', () => {
    const often = { probeSeconds: 0.5 };
    expect(view({ pausedAt: 1, reachableAt: 2 }, often, 4)).to.include({ probesSent: 9, probesLost: 2 });
    expect(view({ pausedAt: 1.1, reachableAt: 1.2 }, often, 4)).to.include({ probesLost: 0 });
  });

  it('gives up a probe that is not answered by the time the next one is sent', () => {
    const lost = (from: number, to: number) => view({ pausedAt: 1.25, reachableAt: 1.5, standstills: [from, to] })!.probesLost;
    expect(lost(2, 3), 'answered at that very instant').to.equal(0);
    expect(lost(2, 3.5)).to.equal(1);
    expect(lost(2.5, 3.75), 'the one at 3 is answered in time').to.equal(0);
    expect(lost(2, 7.5)).to.equal(5);
  });

  it('adds up the probes of all outages, and keeps the longest', () => {
    const report = view({ pausedAt: 1, reachableAt: 3, standstills: [3, 3.5, 5, 9, 10, 11.5] });
    expect(report).to.include({ outageSeconds: 4, outageBecause: 'missing-pages', probesLost: 2 + 3 + 1 });
  });

  it('takes outages that touch for one, named after what took longer', () => {
    expect(view({ pausedAt: 1, reachableAt: 3, standstills: [2, 4] })).to.include({ outageSeconds: 3, outageBecause: 'paused' });
    expect(view({ pausedAt: 1, reachableAt: 3, standstills: [2, 6] })).to.include({ outageSeconds: 5, outageBecause: 'missing-pages' });
    expect(view({ pausedAt: 1, reachableAt: 3, standstills: [2, 2.5] })).to.include({ outageSeconds: 2, probesLost: 2 });
    expect(view({ pausedAt: 1, reachableAt: 3, standstills: [2, 4.5, 4.5, 6] })).to.include({ outageSeconds: 5, outageBecause: 'missing-pages' });
    expect(view({ pausedAt: 1, reachableAt: 3, standstills: [4, 5, 5, 6, 8, 9] })).to.include({ outageSeconds: 2 });
  });

  it('has no end if the guest is lost, from where it stopped', () => {
    const report = view({ pausedAt: 1, reachableAt: 3, standstills: [5, 8], lostAt: 8 }, {}, 8);
    expect(report).to.deep.equal({ outageBecause: 'lost', answersAgain: false, probesSent: 9, probesLost: 2 + 4, tcpSurvives: false });
  });
});
