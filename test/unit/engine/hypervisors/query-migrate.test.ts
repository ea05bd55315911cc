import { expect } from 'chai';
import { simulate, type Scenario } from '../../../../src/engine';
import { presets, queryMigrate } from '../../../../src/engine/techniques/hypervisors';

const scenario: Scenario = presets.qemu.prepare({
  guest: {
    pages: 65_536,
    workload: 'random',
    writesPerSecond: 4000,
    readsPerSecond: 4000,
    workingSetPages: 4096,
    zeroFraction: 0.5,
    vcpus: 1,
    stateBytes: 2 ** 18,
  },
  link: { bytesPerSecond: 125e6, latency: 1e-4 },
  downtimeLimit: 0.3,
  maxRounds: 30,
  seed: 1,
  ideal: false,
});
const { strategies } = presets.qemu;

describe('a report as query-migrate tells it', () => {
  it('has QEMU’s names and units, to the byte', () => {
    const report = simulate(scenario, strategies['pre-copy']);
    const told = queryMigrate(report);
    expect(told).to.have.all.keys('status', 'total-time', 'setup-time', 'downtime', 'ram');
    expect(told).to.include({ status: 'completed', 'setup-time': 1 });
    expect(told['total-time']).to.equal(Math.round(1000 * report.totalSeconds));
    expect(told.downtime).to.equal(Math.round(1000 * report.downtimeSeconds));
    const ram = told.ram!;
    expect(ram).to.include({ total: 2 ** 28, remaining: 0, 'page-size': 4096, 'postcopy-requests': 0, duplicate: 32_768 });
    expect(ram.normal).to.equal(report.pagesByEncoding.full);
    expect(ram['normal-bytes']).to.equal(4096 * ram.normal);
    expect(ram.transferred).to.equal(4104 * ram.normal + 9 * ram.duplicate);
    expect(ram['precopy-bytes'] + ram['downtime-bytes']).to.equal(ram.transferred);
    expect(ram['postcopy-bytes']).to.equal(0);
    expect(ram['dirty-sync-count']).to.equal(report.tracking.syncs);
    expect(ram.mbps).to.be.within(900, 1000);
    expect(JSON.parse(JSON.stringify(told))).to.deep.equal(told);
  });

  it('counts requests and bytes of post-copy', () => {
    const report = simulate(scenario, strategies['post-copy']);
    const { ram } = queryMigrate(report);
    expect(report.networkFaults).to.be.greaterThan(0);
    expect(ram!['postcopy-requests']).to.equal(report.networkFaults);
    expect(ram!['postcopy-bytes']).to.be.greaterThan(ram!['precopy-bytes']);
    expect(ram!['precopy-bytes'] + ram!['downtime-bytes'] + ram!['postcopy-bytes']).to.equal(ram!.transferred);
  });

  it('tells a migration that goes on, was cancelled, failed or is interrupted', () => {
    const busy = { ...scenario, guest: { ...scenario.guest, writesPerSecond: 90_000, workingSetPages: 60_000 } };
    const active = queryMigrate(simulate(busy, strategies['pre-copy'], { maxSeconds: 3 }));
    expect(active.status).to.equal('active');
    expect(active).not.to.have.property('downtime');
    expect(active.ram!.remaining).to.be.greaterThan(0);
    const cancelled = simulate(scenario, function* (m) {
      yield m.wait(0.1);
      m.abort('enough');
    });
    expect(queryMigrate(cancelled)).to.deep.equal({ status: 'cancelled' });
    const broken = (at: number, strategy: 'pre-copy' | 'post-copy') =>
      queryMigrate(simulate({ ...scenario, faults: [{ kind: 'link', at, seconds: 10 }] }, strategies[strategy]));
    const failed = broken(0.5, 'pre-copy');
    expect(failed).to.have.all.keys('status', 'error-desc');
    expect(failed.status).to.equal('failed');
    expect(broken(0.5, 'post-copy').status).to.equal('postcopy-paused');
  });
});
