import { expect } from 'chai';
import fc from 'fast-check';
import { simulate, techniques, type Report, type Scenario } from '../../../src/engine';
import { optimized } from '../../../src/engine/optimizations';
import { anySurroundings, anyTechnique } from './any-scenario';

const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);

/** The figures of a report agree with each other, and with what a link can carry. */
function expectToAddUp(report: Report, { link, guest: { pages } }: Scenario): void {
  const close = (a: number, b: number, what: string) => expect(a, what).to.be.closeTo(b, 1e-9 * Math.max(1, report.totalSeconds));
  const { preparationSeconds, downtimeSeconds, resumeSeconds, totalSeconds, downtimeParts, lostWork, throughput, timeline } = report;
  for (const [what, seconds] of Object.entries({ preparationSeconds, downtimeSeconds, resumeSeconds, ...downtimeParts, ...lostWork })) {
    expect(seconds, what).to.be.at.least(0);
  }
  close(preparationSeconds + downtimeSeconds + resumeSeconds, totalSeconds, 'total time');
  close(sum(Object.values(downtimeParts)), downtimeSeconds, 'downtime');
  const lost = sum(Object.values({ ...lostWork, pausedSeconds: Math.min(lostWork.pausedSeconds, totalSeconds - preparationSeconds) }));
  close(totalSeconds - lost, throughput.during * totalSeconds, 'work');
  expect(sum(Object.values(report.transferredParts))).to.equal(report.transferredBytes);
  expect(sum(Object.values(report.pagesBytesByPhase))).to.equal(report.transferredParts.pagesBytes);
  // The socket takes what it holds at once, and a page that has started counts in full.
  const carried = link.bytesPerSecond * totalSeconds + (link.queueBytes ?? 0) + 2 * 4104;
  expect(report.transferredBytes, 'bytes that the link can carry').to.be.at.most(carried * (1 + 1e-9));
  expect(sum(timeline.pagesSent)).to.equal(report.pagesSent);
  for (const left of timeline.pagesRemaining) expect(left, 'pages remaining').to.be.within(0, pages);
  for (const share of [...Object.values(throughput), ...timeline.throughput]) expect(share).to.be.within(0, 1);
}

describe('whatever breaks, writes or costs time around a migration', () => {
  it('its report adds up', () => {
    fc.assert(
      fc.property(anySurroundings, anyTechnique, fc.boolean(), (scenario, name, converges) => {
        const names = ['mirror-storage', ...(converges && name === 'pre-copy' ? ['auto-converge'] : [])];
        const { scenario: prepared, strategy } = optimized(scenario, techniques[name], names);
        expectToAddUp(simulate(prepared, strategy, { technique: name }), prepared);
      }),
      { numRuns: 300 },
    );
  });
});
