import { expect } from 'chai';
import { simulate, type Report } from '../../../../src/engine';
import { expand, nameOf, parseExperiment, simulationOf } from '../../../../src/lab/experiment';
import type { RunReport } from '../../../../src/lab/present/findings';
import { reportMarkdown, reportOutput, reportText } from '../../../../src/lab/present/report-output';
import { comparisonRemark } from '../../../../src/lab/present/worlds';

const GUEST = 'guest: { memory: 64 MiB, workload: hot-cold, writes: 32 MiB/s, workingSet: 16 MiB }\n';
const said = (text: string) => text.replaceAll('\u00a0', ' ');

function simulated(experiment: string): RunReport[] {
  const parsed = parseExperiment(experiment);
  expect(parsed.problems).to.deep.equal([]);
  return expand(parsed.experiment!).map((one) => {
    const { scenario, strategy } = simulationOf(one);
    return { label: one.label, point: { ...one.point }, report: simulate(scenario, strategy, { technique: nameOf(one.technique) }) };
  });
}

/** The same migrations as if a machine had made them: each figure a known bit off. */
function measured(runs: readonly RunReport[], change: (report: Report) => Partial<Report> = () => ({})): RunReport[] {
  return runs.map((run) => ({
    ...run,
    world: 'qemu',
    queryMigrate: { status: 'completed', ram: { normal: 5 } },
    report: { ...run.report, ...change(run.report) },
  }));
}

const runsOf = (text: string) => expand(parseExperiment(text).experiment!);
const figures = (rows: string[][]) => rows.map((row) => row.map(said));

describe('runs of two worlds', () => {
  const both = `${GUEST}preset: qemu\ncompare: [pre-copy, post-copy]`;
  const models = simulated(both);
  const real = measured(models, ({ totalSeconds, downtimeSeconds, pagesSent }) => ({
    totalSeconds: totalSeconds / 1.25,
    downtimeSeconds: downtimeSeconds + 0.004,
    pagesSent: pagesSent * 2,
  }));
  const output = reportOutput([...models, ...real]);

  it('have a table of differences, of which QEMU is the measure', () => {
    const { columns, rows } = output.differences!.table;
    expect(columns.map(({ title }) => title)).to.deep.equal([
      'Migration', 'Figure', 'Simulator', 'QEMU', 'Simulator off by', 'Of QEMU’s figure',
    ]);
    const of = figures(rows);
    const row = (label: string, figure: string) => of.find(([one, two]) => one === label && two === figure)!;
    expect(row('pre-copy', 'Downtime')[4]).to.equal('−4.00 ms');
    expect(row('pre-copy', 'Total time')[5]).to.equal('+25 %');
    expect(row('post-copy', 'Pages sent')[5]).to.equal('−50 %');
    expect(row('post-copy', 'Data sent').slice(4)).to.deep.equal(['0 B', '0.0 %']);
    expect(row('post-copy', 'Outcome').slice(2)).to.deep.equal(['converged', 'converged', 'same', '']);
    expect(rows.every((cells) => cells.length === columns.length)).to.equal(true);
  });

  it('leave a figure out that is nothing in both', () => {
    expect(output.differences!.table.rows.filter(([label, figure]) => label === 'pre-copy' && figure === 'Network faults')).to.deep.equal([]);
  });

  it('state the largest differences, and where they agree', () => {
    expect(said(output.differences!.finding)).to.match(
      /^The simulator is off by at most −4\.00 ms in the downtime \([a-z-]+\), \+25 % in the total time \([a-z-]+\), −50 % in the pages sent \([a-z-]+\) and 0\.0 % in the data sent\. Both worlds agree on every outcome\.$/,
    );
  });

  it('of a single migration need no names', () => {
    const [one] = reportOutput([models[0]!, real[0]!]).differences!.table.rows;
    expect(one![0]).to.equal('Downtime');
    expect(said(reportOutput([models[0]!, real[0]!]).differences!.finding)).to.match(
      /^The simulator is off by −4\.00 ms in the downtime, \+25 % in the total time, −50 % in the pages sent and 0\.0 % in the data sent\. Both worlds agree on the outcome\.$/,
    );
  });

  it('say who disagrees about an outcome, and compare no figures of a migration that failed', () => {
    const late = measured(models, ({ technique }) => (technique.startsWith('pre-copy') ? { converged: false } : {}));
    expect(reportOutput([...models, ...late]).differences!.finding).to.include(
      'Of pre-copy the simulator says that it converged, but on QEMU it did not converge.',
    );
    const broken = measured(models, ({ technique }) =>
      technique.startsWith('pre-copy') ? { broken: { outcome: 'failed', message: 'The link broke.' } } : {},
    );
    const { finding, table } = reportOutput([...models, ...broken]).differences!;
    expect(finding).to.include('Of pre-copy the simulator says that it converged, but on QEMU it failed.');
    expect(table.rows.filter(([label]) => label === 'pre-copy').map((row) => row[1])).to.deep.equal(['Outcome']);
    expect(finding).not.to.include('(pre-copy)');
  });

  it('are told apart in the overview and in the parts', () => {
    expect(output.overview.table.rows.map((row) => [row[0], row[1]])).to.deep.equal([
      ['pre-copy', 'simulator'], ['post-copy', 'simulator'], ['pre-copy', 'QEMU'], ['post-copy', 'QEMU'],
    ]);
    expect(output.overview.table.columns[1]!.title).to.equal('World');
    expect(output.overview.finding).to.match(/^In the simulator, post-copy stops .* On QEMU, post-copy stops /);
    expect(output.parts!.table.columns.map(({ title }) => title)).to.deep.equal([
      'Part', 'pre-copy, simulator', 'post-copy, simulator', 'pre-copy, QEMU', 'post-copy, QEMU',
    ]);
    expect(output.runs.map(({ world }) => world)).to.deep.equal([undefined, undefined, 'qemu', 'qemu']);
  });

  it('may be more than one world would show', () => {
    const four = simulated(`${GUEST}compare: [pre-copy, post-copy, hybrid, stop-and-copy]`);
    expect(reportOutput([...four, ...measured(four)]).runs.every(({ timeline }) => timeline)).to.equal(true);
  });

  it('without a migration in both have no differences', () => {
    expect(reportOutput(models).differences).to.equal(undefined);
    expect(reportOutput(real).differences).to.equal(undefined);
    expect(reportOutput([models[0]!, real[1]!]).differences).to.equal(undefined);
  });

  it('are both in the text and in Markdown', () => {
    expect(reportText(output)).to.match(/\nMigration +Figure +Simulator +QEMU/);
    expect(reportMarkdown(output)).to.include('| Migration | Figure | Simulator | QEMU |');
  });

  it('are put together point by point in a sweep', () => {
    const swept = simulated(`${GUEST}technique: pre-copy\nsweep: { seed: [1, 2] }`);
    const { differences, sweep, overview } = reportOutput([...swept, ...measured(swept)]);
    expect(new Set(differences!.table.rows.map(([label]) => label))).to.deep.equal(new Set(['pre-copy, seed 1', 'pre-copy, seed 2']));
    expect(sweep).to.deep.equal([{ key: 'seed', values: ['1', '2'] }]);
    expect(overview.finding).to.match(/^In the simulator, the downtime of pre-copy .* On QEMU, the downtime of pre-copy /);
  });
});

describe('what a real machine says', () => {
  const models = simulated(`${GUEST}compare: [pre-copy, post-copy]`);
  const real = measured(models);

  it('is said once of all runs, or of which', () => {
    const remarked = [
      { ...real[0]!, remarks: ['The link is `loopback`.', 'The cache is smaller.'] },
      { ...real[1]!, remarks: ['The link is `loopback`.'] },
    ];
    const { remarks } = reportOutput([...models, ...remarked], ['QEMU is old.']);
    expect(remarks).to.deep.equal(['QEMU is old.', 'The link is `loopback`.', 'pre-copy: The cache is smaller.']);
    expect(reportMarkdown(reportOutput(remarked))).to.include('\n- The link is `loopback`.\n- pre-copy: The cache is smaller.');
    expect(reportText(reportOutput(remarked))).to.include('\npre-copy: The cache is smaller.');
    expect(reportOutput(models).remarks).to.equal(undefined);
  });

  it('is kept as it was said, folded away in Markdown', () => {
    const output = reportOutput([...models, ...real]);
    expect(output.runs[2]!.queryMigrate).to.deep.equal({ status: 'completed', ram: { normal: 5 } });
    expect(reportMarkdown(output)).to.match(/<details>\n<summary>pre-copy: [^\n]+<\/summary>\n\n```json\n\{\n {2}"status": "completed",/);
    expect(reportMarkdown(reportOutput(models))).not.to.include('<details>');
  });

  it('may be nothing about its course', () => {
    const [one] = measured([models[0]!], ({ timeline }) => ({
      timeline: { ...timeline, pagesSent: [], pagesDirtied: [], pagesRemaining: [], throughput: [] },
    }));
    expect(reportOutput([one!]).runs[0]!.timeline).to.equal(undefined);
  });

  it('are compared with a remark if the simulator did not keep to the rules of QEMU', () => {
    expect(comparisonRemark(runsOf('compare: [pre-copy, post-copy]'))).to.include('`preset: qemu`');
    expect(comparisonRemark(runsOf('preset: qemu\ncompare: [pre-copy, post-copy]'))).to.equal(undefined);
    expect(comparisonRemark(runsOf('technique: ./mine.ts'))).to.equal(undefined);
  });
});
