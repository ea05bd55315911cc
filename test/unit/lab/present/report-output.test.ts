import { expect } from 'chai';
import { simulate, techniques, type Report } from '../../../../src/engine';
import { expand, nameOf, parseExperiment } from '../../../../src/lab/experiment';
import type { RunReport } from '../../../../src/lab/present/findings';
import { reportMarkdown, reportOutput, reportText } from '../../../../src/lab/present/report-output';

/** Real runs of a small guest: what is presented is what the engine reports. */
function run(experiment: string): RunReport[] {
  const parsed = parseExperiment(experiment);
  expect(parsed.problems).to.deep.equal([]);
  return expand(parsed.experiment!).map(({ label, point, scenario, technique }) => ({
    label,
    point: { ...point },
    report: simulate(scenario, techniques[technique.name!], { technique: nameOf(technique) }),
  }));
}

const said = (text: string) => text.replaceAll('\u00a0', ' ');
const GUEST = 'guest: { memory: 64 MiB, workload: hot-cold, writes: 32 MiB/s, workingSet: 16 MiB }\n';

describe('report output', () => {
  const compared = reportOutput(run(`${GUEST}compare: [stop-and-copy, pre-copy, post-copy]`));

  it('compares techniques by their downtime, the shortest first', () => {
    expect(said(compared.overview.finding)).to.match(
      /^Post-copy stops the guest for [\d.]+ ms, pre-copy for [\d.]+ ms and stop-and-copy for [\d.]+ ms\.$/,
    );
  });

  it('has a row of figures for each technique', () => {
    expect(compared.overview.table.rows.map((row) => row[0])).to.deep.equal(['stop-and-copy', 'pre-copy', 'post-copy']);
    expect(compared.overview.table.rows.every((row) => row.length === compared.overview.table.columns.length)).to.equal(
      true,
    );
  });

  it('counts the live rounds of each', () => {
    const { columns, rows } = compared.overview.table;
    const at = columns.findIndex(({ title }) => title === 'Rounds');
    expect(rows.map((row) => row[at]), 'stop-and-copy, pre-copy, post-copy').to.deep.equal(['0', '1', '0']);
  });

  it('keeps totals when it takes fewer samples', () => {
    const [one] = run('guest: { memory: 192 MiB, workload: idle }\ntechnique: stop-and-copy');
    expect(one!.report.timeline.throughput.length, 'more samples than are kept').to.be.above(160);
    const [shown] = reportOutput([one!]).runs;
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(shown!.timeline!.throughput.length).to.be.at.most(160);
    expect(sum(shown!.timeline!.pagesSent)).to.equal(sum(one!.report.timeline.pagesSent));
    expect(shown!.timeline!.pagesRemaining.at(-1)).to.equal(one!.report.timeline.pagesRemaining.at(-1));
  });

  it('is small: a comparison of five techniques stays below 40 KB', () => {
    const five = run(`${GUEST}compare: [stop-and-copy, demand-paging, post-copy, pre-copy, hybrid]`);
    expect(JSON.stringify(reportOutput(five)).length).to.be.below(40_000);
  });

  it('says what still hangs on the source', () => {
    const { overview } = reportOutput(run(`${GUEST}technique: demand-paging`));
    expect(overview.finding).to.match(/Demand-paging still needs [\d,]+ pages of the source\.$/);
  });

  it('says how a sweep changes each downtime, and keeps no timelines', () => {
    const sweep = reportOutput(
      run(
        `${GUEST}compare: [pre-copy, post-copy]\nsweep: { guest.memory: [32 MiB, 64 MiB, 96 MiB], guest.state: [1 MiB] }`,
      ),
    );
    expect(said(sweep.overview.finding)).to.match(/The downtime of post-copy stays at [\d.]+ ms\./);
    expect(sweep.sweep.map(({ key, values }) => [key, values.length])).to.deep.equal([
      ['guest.memory', 3],
      ['guest.state', 1],
    ]);
    expect(sweep.runs.every((shown) => shown.timeline === undefined)).to.equal(true);
  });

  it('gives the rounds, the last row being the pause', () => {
    const rows = reportOutput(run(`${GUEST}technique: pre-copy`)).runs[0]!.rounds!.table.rows;
    expect(rows[0]!.slice(0, 2)).to.deep.equal(['1', '16,384']);
    expect(rows.at(-1)![0]).to.equal('paused');
  });

  it('splits the downtime into its parts', () => {
    const [shown] = reportOutput(run(`${GUEST}technique: post-copy`)).runs;
    expect(said(shown!.downtime!.finding)).to.equal(
      '8.39 ms sending vCPU and device state and 100 µs the last byte on its way.',
    );
  });

  it('is a Markdown table in which names cannot become markup', () => {
    const [one] = run(`${GUEST}technique: pre-copy`);
    const evil = { ...one!, report: { ...one!.report, technique: './<b>|*x*.ts' } as Report };
    const markdown = reportMarkdown(reportOutput([evil]));
    expect(markdown).to.include('| ./\\<b\\>\\|\\*x\\*.ts |');
    expect(markdown).to.match(/\| --- \| ---: \|/);
  });

  it('aligns figures for a terminal', () => {
    const lines = reportText(compared).split('\n').slice(2);
    expect(lines[0]).to.match(/^Technique +Downtime +Total time/);
    const end = lines[0]!.indexOf('Downtime') + 'Downtime'.length;
    for (const line of lines.slice(1)) expect(line.slice(0, end)).to.match(/ (ms|s|µs)$/);
  });

  it('says which rules were broken, and where', () => {
    const [one] = run(`${GUEST}technique: pre-copy`);
    const violations = [
      {
        kind: 'stale-page' as const,
        message: 'Page 0x3 was stale.',
        because: 'It was never sent again.',
        seconds: 1,
        line: 7,
      },
    ];
    const output = reportOutput([{ ...one!, report: { ...one!.report, violations } }]);
    expect(output.overview.finding).to.equal('Pre-copy broke a rule: Page 0x3 was stale.');
    expect(said(reportMarkdown(output))).to.include(
      '- Pre-copy, 1.00 s (line 7): Page 0x3 was stale. It was never sent again.',
    );
  });
});
