import { expect } from 'chai';
import { simulate, type Scenario, type Strategy } from '../../../../src/engine';
import { presets, qemuOverGigabit, queryMigrate } from '../../../../src/engine/techniques/hypervisors';
import { qemuThread } from '../../../../src/engine/techniques/hypervisors/qemu-thread';

/** Means and medians of 10 to 20 real migrations each: QEMU 8.1.2 over 1 GbE (raw data in Sxmindu/Live-Migration). */
const rows = [
  { megabytes: 1024, technique: 'pre-copy', milliseconds: 6801, normal: 192_683, zero: 79_814, syncs: 4 },
  { megabytes: 1024, technique: 'post-copy', milliseconds: 6617, normal: 186_203, zero: 80_247, syncs: 2 },
  { megabytes: 1024, technique: 'hybrid', milliseconds: 6613, normal: 186_161, zero: 80_312, syncs: 2 },
  { megabytes: 2048, technique: 'pre-copy', milliseconds: 7338, normal: 197_546, zero: 337_299, syncs: 4 },
  { megabytes: 2048, technique: 'post-copy', milliseconds: 6838, normal: 191_727, zero: 336_867, syncs: 2 },
  { megabytes: 4096, technique: 'pre-copy', milliseconds: 8210, normal: 207_923, zero: 852_651, syncs: 4 },
  { megabytes: 4096, technique: 'post-copy', milliseconds: 7432, normal: 200_680, zero: 852_202, syncs: 2 },
  { megabytes: 4096, technique: 'hybrid', milliseconds: 7579, normal: 200_944, zero: 851_948, syncs: 2 },
  { megabytes: 8192, technique: 'pre-copy', milliseconds: 10_110, normal: 225_578, zero: 1_886_332, syncs: 4 },
  { megabytes: 8192, technique: 'post-copy', milliseconds: 8603, normal: 217_274, zero: 1_884_184, syncs: 2 },
  { megabytes: 8192, technique: 'hybrid', milliseconds: 8785, normal: 217_144, zero: 1_884_323, syncs: 2 },
] as const;

/** Video memory and ROMs: in post-copy normal and zero pages add up to the guest's memory and these, in each row. */
const OTHER_PAGES = 4306;

/** The experimenters' hybrid: half a second of pre-copy, then `migrate-start-postcopy`. */
const afterHalfASecond: Strategy = (m) => {
  const start = m.now;
  return qemuThread(m, () => m.now - start >= 0.5);
};
const strategies = { ...presets.qemu.strategies, hybrid: afterHalfASecond };

function scenarioOf({ megabytes, technique }: (typeof rows)[number]): Scenario {
  const pages = 256 * megabytes + OTHER_PAGES;
  const { zero } = rows.find((row) => row.megabytes === megabytes && row.technique === 'post-copy')!;
  const scenario: Scenario = {
    guest: {
      pages,
      // One guest for all rows, with a working set that makes pre-copy send the 6,000 to 10,000 pages more that it did.
      workload: 'random',
      writesPerSecond: 1500,
      readsPerSecond: 3000,
      workingSetPages: 8192,
      zeroFraction: zero / pages,
      vcpus: 1,
      stateBytes: 2 ** 18,
    },
    link: { bytesPerSecond: 125e6, latency: 1e-4 },
    downtimeLimit: 0.3,
    maxRounds: 30,
    seed: 1,
    ideal: false,
  };
  return presets.qemu.prepare(qemuOverGigabit(scenario, technique));
}

describe('QEMU over Gigabit Ethernet', () => {
  for (const row of rows) {
    it(`${row.megabytes} MB, ${row.technique}: total within 2 %, as many readings of the bitmap`, () => {
      const report = simulate(scenarioOf(row), strategies[row.technique]);
      const told = queryMigrate(report);
      expect(told['total-time']! / row.milliseconds).to.be.within(0.98, 1.02);
      expect(told.ram!['dirty-sync-count']).to.equal(row.syncs);
      expect(told.ram!.normal / row.normal).to.be.within(0.99, 1.01);
      expect(told.ram!.duplicate / row.zero).to.be.within(0.99, 1.01);
      expect(told.ram!.transferred).to.equal(4104 * told.ram!.normal + 9 * told.ram!.duplicate);
      expect(told.downtime).to.be.at.most(300);
      expect(report.violations).to.deep.equal([]);
      expect(report.converged).to.equal(true);
    });
  }

  it('pages of zeros are not free: 8 GB take half as long again as 1 GB, for a fifth more bytes', () => {
    const [small, large] = [rows[0], rows[8]].map((row) => simulate(scenarioOf(row), strategies[row.technique]));
    expect(large!.totalSeconds / small!.totalSeconds).to.be.within(1.4, 1.55);
    expect(large!.transferredBytes / small!.transferredBytes).to.be.within(1.15, 1.22);
  });
});
