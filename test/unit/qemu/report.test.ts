import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { Report } from '../../../src/engine';
import { expand, parseExperiment } from '../../../src/lab/experiment';
import { planOf } from '../../../src/qemu/mapping';
import type { Observations } from '../../../src/qemu/observations';
import { reportOf } from '../../../src/qemu/report';
import { Series } from '../../../src/qemu/series';

/** What was seen of four real migrations with QEMU 7.2.22, some of the answers and heartbeats left out. */
interface Recorded {
  experiment: string;
  runs: (Omit<Observations, 'source' | 'atDestination'> & Record<'source' | 'atDestination', Pick<Series, 'times' | 'values'>>)[];
}
const recorded = JSON.parse(readFileSync('test/fixtures/qemu/observed.json', 'utf8')) as Recorded;
const runs = expand(parseExperiment(recorded.experiment).experiment!);

function seriesOf({ times, values }: Pick<Series, 'times' | 'values'>): Series {
  const series = new Series();
  times.forEach((time, i) => series.add(time, values[i]!));
  return series;
}

const observations = recorded.runs.map((run) => ({ ...run, source: seriesOf(run.source), atDestination: seriesOf(run.atDestination) }));
const reportFor = (i: number, change: Partial<Observations> = {}): Report => reportOf(planOf(runs[i]!), { ...observations[i]!, ...change });
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('the report of a real migration', () => {
  it('takes its downtime from the guest’s pulse, not from QEMU', () => {
    // QEMU says 20 ms or so of a guest that was stopped all along.
    const stopped = reportFor(0);
    expect(stopped.downtimeSeconds).to.be.closeTo(0.81, 0.01);
    expect(recorded.runs[0]!.polls.at(-1)!.info.downtime).to.be.below(700);
    expect([stopped.rounds, stopped.finalPages]).to.deep.equal([[], stopped.pagesSent]);
    const post = reportFor(2);
    expect(recorded.runs[2]!.polls.at(-1)!.info.downtime).to.be.below(20);
    expect(post.downtimeSeconds).to.be.above(0.05);
    expect([post.finalPages, post.converged]).to.deep.equal([0, true]);
  });

  for (const [i, { technique }] of runs.entries()) {
    it(`adds up: ${technique.name} ${technique.with ?? ''}`, () => {
      const report = reportFor(i);
      expect(report.preparationSeconds + report.downtimeSeconds + report.resumeSeconds).to.be.closeTo(report.totalSeconds, 1e-9);
      expect(total(Object.values(report.downtimeParts))).to.be.closeTo(report.downtimeSeconds, 1e-9);
      expect(total(Object.values(report.pagesByEncoding))).to.equal(report.pagesSent);
      expect(total(Object.values(report.transferredParts))).to.equal(report.transferredBytes);
      expect(total(Object.values(report.pagesBytesByPhase))).to.equal(report.transferredParts.pagesBytes);
      expect(total(report.rounds.map(({ pages }) => pages))).to.be.at.most(report.pagesSent);
      const lost = total(Object.values(report.lostWork));
      expect(lost).to.be.closeTo((1 - report.throughput.during) * report.totalSeconds, 1e-9);
      const { timeline } = report;
      const lengths = [timeline.pagesSent, timeline.pagesDirtied, timeline.pagesRemaining, timeline.throughput].map(({ length }) => length);
      expect(new Set(lengths).size).to.equal(1);
      expect(lengths[0]! * timeline.sampleSeconds).to.be.within(report.totalSeconds - 1e-6, report.totalSeconds + timeline.sampleSeconds);
      expect(total(timeline.pagesSent)).to.equal(report.pagesSent);
      expect(timeline.pagesRemaining.at(-1)).to.equal(0);
      for (const value of [...timeline.pagesDirtied, ...timeline.throughput]) expect(value).to.be.at.least(0);
    });
  }

  it('finds as many pages dirty as were sent again', () => {
    const report = reportFor(1);
    const again = report.pagesSent - recorded.runs[1]!.polls.at(-1)!.info.ram!.total / 4096;
    expect(total(report.timeline.pagesDirtied)).to.equal(again);
    expect(report.rounds.length).to.be.at.least(2);
    expect(total(report.rounds.map(({ dirtied }) => dirtied))).to.be.at.most(again);
  });

  it('tells how XBZRLE fared', () => {
    const { xbzrle, pagesByEncoding } = reportFor(3);
    expect(xbzrle!.cachePages).to.equal(16_384);
    expect(pagesByEncoding.xbzrle).to.equal(xbzrle!.pages - xbzrle!.overflows);
    expect(reportFor(1).xbzrle).to.equal(undefined);
  });

  it('says that a guest which was stopped by force did not converge', () => {
    expect([reportFor(1).converged, reportFor(1, { forced: true }).converged]).to.deep.equal([true, false]);
  });

  it('says how it broke, and that a guest at the source was never stopped', () => {
    const failed = reportFor(1, { outcome: { kind: 'failed', message: 'The link broke.' }, atDestination: new Series() });
    expect(failed.broken).to.deep.equal({ outcome: 'failed', message: 'The link broke.' });
    expect([failed.downtimeSeconds, failed.residualPages, failed.converged]).to.deep.equal([0, 0, false]);
    expect(failed.timeline).not.to.have.any.keys('pausedAtSeconds', 'resumedAtSeconds');
    const late = reportFor(1, { outcome: { kind: 'late', message: 'Too late.' }, atDestination: new Series(), stoppedAt: undefined });
    expect([late.aborted, late.broken]).to.deep.equal(['Too late.', undefined]);
  });

  it('does not count bytes that were lost with their socket', () => {
    const { transferredBytes, transferredParts } = reportFor(1, { linkBytes: 1_000_000 });
    expect(transferredBytes).to.equal(1_000_000);
    expect(transferredParts).to.deep.equal({ pagesBytes: 1_000_000, stateBytes: 0, storageBytes: 0 });
  });
});
