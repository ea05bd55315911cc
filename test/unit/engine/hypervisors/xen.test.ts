import { expect } from 'chai';
import { simulate, type Report } from '../../../../src/engine';
import { presets } from '../../../../src/engine/techniques/hypervisors';
import { xenLegacyPreCopy } from '../../../../src/engine/techniques/hypervisors/xen-legacy';
import { B, ideal, N } from '../scenarios';

const xen = presets.xen.strategies['pre-copy'];
const legacy = presets['xen-legacy'].strategies['pre-copy'];
/** The rule alone, without the skipping that changes what each round sends: what the closed forms speak of. */
const legacyRule = xenLegacyPreCopy({ skipDirty: false });

const pagesOf = ({ rounds }: Report) => rounds.map(({ pages }) => pages);

describe('Xen', () => {
  it('today: five passes, 7.8125 ms, 10.6640625 s', () => {
    const report = simulate(ideal({ writesPerSecond: B / 4 }), xen);
    expect(pagesOf(report)).to.deep.equal([262_144, 65_536, 16_384, 4096, 1024]);
    expect(report).to.include({ finalPages: 256, downtimeSeconds: 0.0078125, totalSeconds: 10.6640625, pagesSent: 349_440 });
    expect(report.violations).to.deep.equal([]);
    // The policy stops after the fifth pass without a look at the bitmap; the last reading comes after the pause.
    expect(report.tracking.syncs).to.equal(5);
  });

  it('today: a set of fewer than 50 pages goes live, too, and leaves 4 for the pause', () => {
    const guest = { pages: 4096, workingSetPages: 4096, writesPerSecond: B / 4 };
    const report = simulate(ideal(guest), xen);
    expect(pagesOf(report)).to.deep.equal([4096, 1024, 256, 64, 16]);
    expect(report.finalPages).to.equal(4);
    // With 2,048 pages that is the fourth pass: 32 are fewer than 50, so there is no fifth.
    const smaller = simulate(ideal({ ...guest, pages: 2048, workingSetPages: 2048 }), xen);
    expect(pagesOf(smaller)).to.deep.equal([2048, 512, 128, 32]);
    expect(smaller.finalPages).to.equal(8);
  });

  it('today: an idle guest is sent once, and nothing while it is paused', () => {
    const report = simulate(ideal(), xen);
    expect(pagesOf(report)).to.deep.equal([N]);
    expect(report).to.include({ finalPages: 0, downtimeSeconds: 0, totalSeconds: 8 });
  });

  it('legacy: the round of fewer than 50 pages goes live, too, and leaves 4 for the pause', () => {
    const report = simulate(ideal({ writesPerSecond: B / 4 }), legacyRule);
    expect(pagesOf(report)).to.deep.equal([262_144, 65_536, 16_384, 4096, 1024, 256, 64, 16]);
    expect(report).to.include({ finalPages: 4, pagesSent: 349_524, downtimeSeconds: 4 / B });
  });

  it('legacy: three times the memory stops it at round 10: 28 s, 917,504 pages', () => {
    const report = simulate(ideal({ writesPerSecond: 2 * B, workingSetPages: 65_536 }), legacyRule);
    expect(report.rounds).to.have.length(10);
    expect(report).to.include({ totalSeconds: 28, pagesSent: 917_504, downtimeSeconds: 2, converged: false });
  });

  it('legacy: never more than five times the memory, and close to that if all of it is written all the time', () => {
    for (const writesPerSecond of [B / 2, B, 2 * B, 8 * B]) {
      const report = simulate(ideal({ writesPerSecond }), legacyRule);
      expect(report.pagesSent, String(writesPerSecond)).to.be.at.most(5 * N);
    }
    // Four rounds of N: after the third, 3 N are not more than 3 N.
    const report = simulate(ideal({ writesPerSecond: 8 * B }), legacyRule);
    expect(pagesOf(report)).to.deep.equal([N, N, N, N]);
    expect(report.pagesSent).to.equal(5 * N);
  });

  it('legacy: what is dirty again when its turn comes is left for later, and saves pages', () => {
    const scenario = ideal({ writesPerSecond: B / 4 });
    const [skipping, sending] = [simulate(scenario, legacy), simulate(scenario, legacyRule)];
    expect(skipping.pagesSkipped).to.be.greaterThan(0);
    expect(skipping.pagesSent).to.be.lessThan(sending.pagesSent);
    expect(skipping.violations).to.deep.equal([]);
  });

  it('legacy: at most 29 rounds', () => {
    // A small set that is always dirty keeps the traffic low and the round count high.
    const report = simulate(ideal({ writesPerSecond: 2 * B, workingSetPages: 1024 }), legacyRule);
    expect(report.rounds).to.have.length(29);
    expect(report.finalPages).to.equal(1024);
  });
});
