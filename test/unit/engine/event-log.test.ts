import { expect } from 'chai';
import fc from 'fast-check';
import { optimized, simulate, techniques, type RunEvent, type TechniqueName } from '../../../src/engine';
import { rangesOf } from '../../../src/engine/migration/event-log';
import { Pages } from '../../../src/engine/pages/pages';
import { ideal } from './scenarios';

const scenario = ideal({ pages: 200, workingSetPages: 60, writesPerSecond: 9000, readsPerSecond: 3000, vcpus: 2 }, { downtimeLimit: 0.0005 });

const logOf = (technique: TechniqueName, setting = scenario) => {
  const events: RunEvent[] = [];
  const report = simulate(setting, techniques[technique], { technique, log: (event) => events.push(event) });
  return { events, report };
};
const pagesIn = (ranges: readonly (readonly [number, number])[]) => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

describe('the event log', () => {
  for (const technique of Object.keys(techniques) as TechniqueName[]) {
    it(`${technique}: far away, too, times never go back`, () => {
      const { events } = logOf(technique, { ...scenario, ideal: false, link: { ...scenario.link, latency: 0.003 } });
      const times = events.filter(({ event }) => event !== 'finding').map(({ seconds }) => seconds);
      expect(times).to.deep.equal([...times].sort((a, b) => a - b));
      expect(events.some(({ event }) => event === 'resume')).to.equal(true);
    });

    it(`${technique}: times never go back, and it adds up to the report`, () => {
      const { events, report } = logOf(technique);
      const times = events.filter(({ event }) => event !== 'finding').map(({ seconds }) => seconds);
      expect(times).to.deep.equal([...times].sort((a, b) => a - b));
      expect(events[0]).to.include({ event: 'started', guestPages: 200 });
      expect(events.at(-1)).to.include({ event: 'ended', seconds: report.totalSeconds });
      const sum = (of: (event: RunEvent) => number) => events.reduce((total, event) => total + of(event), 0);
      // What demand paging serves while it waits belongs to no send.
      const served = technique === 'demand-paging' ? report.networkFaults : 0;
      expect(sum((e) => (e.event === 'sent' ? e.transmissions : 0)) + served).to.equal(report.pagesSent);
      expect(sum((e) => (e.event === 'fault' ? 1 : 0))).to.equal(report.networkFaults);
      expect(sum((e) => (e.event === 'syncDirty' ? 1 : 0))).to.equal(report.tracking.syncs);
      for (const e of events) if (e.event === 'send' || e.event === 'syncDirty') expect(pagesIn(e.pages)).to.equal(e.count);
    });
  }

  it('tells every write of a small guest: what a reading of the bitmap gives is what was written since the last', () => {
    const { events } = logOf('pre-copy');
    const written = new Set<number>();
    for (const e of events) {
      if (e.event === 'write') written.add(e.page);
      if (e.event !== 'syncDirty') continue;
      const read = e.pages.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(read).to.deep.equal([...written].sort((a, b) => a - b));
      written.clear();
    }
  });

  it('tells once of a send that an optimisation does in the strategy’s place', () => {
    const events: RunEvent[] = [];
    const { scenario: prepared, strategy } = optimized(scenario, techniques['stop-and-copy'], ['auto-converge']);
    simulate(prepared, strategy, { log: (event) => events.push(event) });
    expect(events.filter(({ event }) => event === 'send')).to.have.length(1);
    expect(events.filter(({ event }) => event === 'sent')).to.have.length(1);
  });

  it('changes nothing: with a log and without, the same report', () => {
    for (const technique of Object.keys(techniques) as TechniqueName[]) {
      const { report } = logOf(technique);
      expect(simulate(scenario, techniques[technique], { technique })).to.deep.equal(report);
    }
  });

  it('writes sets as ranges that hold exactly their pages', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(70_000)), fc.nat(70_000), (pages, from) => {
        const all = [...pages, ...Array.from({ length: 40_000 }, (_, i) => from + i).filter((page) => page <= 70_000)];
        const set = Pages.of(70_001, all);
        const ranges = rangesOf(set);
        expect(ranges.flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, i) => low + i))).to.deep.equal(set.toArray());
        for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).to.be.above(ranges[i - 1]![1] + 1);
      }),
      { numRuns: 30 },
    );
  });
});
