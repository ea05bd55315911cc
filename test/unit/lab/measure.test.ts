import { expect } from 'chai';
import { simulate, techniques } from '../../../src/engine';
import { expand, parseExperiment } from '../../../src/lab/experiment';
import { differ, reportOf, techniqueWith } from '../../../src/lab/measure';

const { experiment } = parseExperiment(`
guest: { memory: 1 MiB, workload: idle }
compare: [stop-and-copy, pre-copy, demand-paging]
sweep: { seed: [1, 2] }`);
const reports = expand(experiment!).map(({ label, scenario, technique }) => ({
  label,
  report: simulate(scenario, techniques[technique.name!], { technique: technique.name }),
}));

describe('measuring', () => {
  it('names the technique that stands out', () => {
    const first = reports.slice(0, 3);
    expect(techniqueWith('highest', ({ downtimeSeconds }) => downtimeSeconds, first)).to.equal('stop-and-copy');
    expect(techniqueWith('lowest', ({ pagesSent }) => pagesSent, first)).to.equal('demand-paging');
  });

  it('names none when two are too close to call, or there is none', () => {
    expect(techniqueWith('highest', ({ pagesSent }) => pagesSent, reports.slice(0, 3))).to.equal(undefined);
    expect(techniqueWith('lowest', ({ pagesSent }) => pagesSent, [])).to.equal(undefined);
    expect([differ(100, 101), differ(100, 103), differ(0, 0)]).to.deep.equal([false, true, false]);
  });

  it('finds a run by the words of its label', () => {
    expect(reportOf(reports, 'pre-copy', 'seed 2')).to.equal(reports[4].report);
    expect(reportOf(reports, 'copy')).to.equal(undefined);
  });
});
