import { expect } from 'chai';
import type { Report } from '../../../../src/engine';
import { differ } from '../../../../src/lab/measure';
import type { LabelledReport } from '../../../../src/lab/question';
import { folders } from './folders';
import { cellText, runText } from './run-cell';

/** What the text of question 5 says in so many words, held against the engine: who changes one edits the other. */
describe('what question 5 says', function () {
  this.timeout(30_000);
  const folder = folders.find(({ question }) => question.number === 5)!;
  const done = new Map<string, LabelledReport[]>();
  const run = (id: string) => {
    if (!done.has(id)) done.set(id, runText(folder, cellText(folder, id)));
    return done.get(id)!.map(({ report }) => report);
  };

  it('5.2: stop-and-copy takes 8.6 s, and nothing is faster or sends less, of what moves everything', () => {
    const [{ totalSeconds, downtimeSeconds, pagesSent }] = run('run-stop-and-copy');
    expect(totalSeconds).to.be.closeTo(8.6, 0.05);
    expect(downtimeSeconds).to.equal(totalSeconds);
    for (const report of run('all-five').filter(({ residualPages }) => residualPages === 0)) {
      expect(report.totalSeconds).to.be.at.least(totalSeconds - 1e-9);
      expect(report.pagesSent).to.be.at.least(pagesSent);
    }
  });

  it('5.3: the quiet guest stands still for 164 ms, and one more round would bring it below 30 ms', () => {
    const [{ downtimeSeconds, rounds }] = run('quiet-guest');
    expect(downtimeSeconds).to.be.closeTo(0.164, 0.001);
    const [{ report: once }] = runText(folder, cellText(folder, 'quiet-guest').replace('300 ms', '100 ms'));
    expect(once.rounds.length).to.equal(rounds.length + 1);
    expect(once.downtimeSeconds).to.be.below(0.03);
  });

  it('5.3: two of the five limits give the same migration, and two are missed by a little', () => {
    const reports = run('limits');
    expect(new Set(reports.map(({ downtimeSeconds }) => downtimeSeconds)).size).to.equal(4);
    const missed = reports.filter((report) => report.downtimeSeconds > report.downtimeLimitSeconds);
    expect(missed).to.have.length(2);
    for (const { downtimeSeconds, downtimeLimitSeconds, downtimeParts } of missed) {
      expect(downtimeSeconds - downtimeLimitSeconds).to.be.below(0.009);
      expect(downtimeParts.pagesSeconds).to.be.below(downtimeLimitSeconds);
    }
  });

  it('5.3: 2 rounds or 30 give the same downtime, W / B, and a minute of traffic between them', () => {
    const reports = run('faster-than-the-link');
    for (const report of reports) expect(differ(report.downtimeSeconds, reports[0].downtimeSeconds)).to.equal(false);
    expect(reports[0].downtimeParts.pagesSeconds).to.be.closeTo((65536 * 4104) / 125e6, 1e-6);
    expect(reports[3].totalSeconds - reports[0].totalSeconds).to.be.closeTo(60, 3);
  });

  it('5.3: the sawtooth falls once more than two rounds are needed, and the total time grows', () => {
    const reports = run('sawtooth');
    const left = (writes: number) => 262144 * (writes / 32768) ** 2;
    expect([left(6000) / 32768 <= 0.3, left(8000) / 32768 <= 0.3]).to.deep.equal([true, false]);
    const [, , slower, faster] = reports.map(({ downtimeSeconds }) => downtimeSeconds);
    expect(faster).to.be.below(slower / 2);
    const totals = reports.map(({ totalSeconds }) => totalSeconds);
    expect(totals).to.deep.equal([...totals].sort((a, b) => a - b));
  });

  it('5.3: a hot-cold guest that writes three times as fast has a second round less than half as large', () => {
    const [quiet] = run('quiet-guest');
    const [hot, yours] = run('your-pre-copy');
    expect(hot.rounds[1].pages).to.be.below(quiet.rounds[1].pages / 2);
    // How often each reads the bitmap when it need not is its own business.
    const figures = ({ technique: _technique, tracking: _tracking, ...rest }: Report) => rest;
    expect(figures(yours)).to.deep.equal(figures(hot));
  });

  it('5.4: at first the guest runs at a ninth of its speed, and it takes more than 20 s to nine tenths', () => {
    const [{ timeline, residualPages }] = run('run-demand-paging');
    expect(timeline.throughput[1]).to.be.closeTo(1 / 9, 0.02);
    const recovered = timeline.throughput.findIndex((fraction) => fraction >= 0.9) * timeline.sampleSeconds;
    expect(recovered).to.be.within(20, 30);
    expect(residualPages).to.be.above(0);
  });

  it('5.4: distance hurts demand paging, by what its faults cost, and not post-copy', () => {
    const [demand, post, , , demandFar, postFar] = run('far-away');
    expect(differ(post.totalSeconds, postFar.totalSeconds)).to.equal(false);
    expect(demandFar.totalSeconds).to.be.above(3 * demand.totalSeconds);
    expect(demandFar.faultStallSeconds).to.be.closeTo(demandFar.networkFaults * (0.004 + 4104 / 125e6), 0.1);
  });

  it('5.5: to the last digit, writes change nothing but the faults', () => {
    const reports = run('any-writer');
    for (const key of ['totalSeconds', 'downtimeSeconds', 'pagesSent', 'transferredBytes'] as const) {
      expect(new Set(reports.map((report) => report[key])).size, key).to.equal(1);
    }
    expect(new Set(reports.map(({ networkFaults }) => networkFaults)).size).to.equal(4);
  });

  it('5.5: 9 ms of downtime, a tenth of the speed at worst; pre-copy: more than a second of blackout', () => {
    const [post, pre] = run('run-post-copy');
    expect(post.downtimeSeconds).to.be.closeTo(0.009, 0.001);
    expect(post.throughput.lowest).to.be.at.most(0.1);
    expect(pre.downtimeSeconds).to.be.above(1);
  });

  it('5.6: the live round saves a reader its faults, a writer none, but shortens the dependence on two hosts', () => {
    const [, post, hybrid] = run('hybrid-reader');
    expect(hybrid.networkFaults).to.be.below(post.networkFaults / 10);
    const [busyPost, busyHybrid] = run('hybrid-busy');
    expect(differ(busyPost.networkFaults, busyHybrid.networkFaults)).to.equal(false);
    expect(busyHybrid.preparationSeconds).to.be.closeTo(8.6, 0.1);
    expect(busyHybrid.resumeSeconds).to.be.below(busyPost.resumeSeconds / 3);
  });

  it('5.7: for an idle guest four of the five take exactly as long as each other', () => {
    const totals = run('idle').map(({ totalSeconds }) => totalSeconds.toFixed(9));
    expect(totals.filter((total) => total === totals[0])).to.have.length(4);
  });
});
