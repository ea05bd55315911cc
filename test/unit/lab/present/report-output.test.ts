import { expect } from 'chai';
import { simulate, type Report } from '../../../../src/engine';
import { expand, nameOf, parseExperiment, simulationOf } from '../../../../src/lab/experiment';
import type { RunReport } from '../../../../src/lab/present/findings';
import { reportParts } from '../../../../src/lab/present/parts';
import { reportMarkdown, reportOutput, reportText } from '../../../../src/lab/present/report-output';
import { seconds } from '../../../../src/protocol/quantities';
import { samplingOf } from '../../../../src/protocol/timeline-words';

/** Real runs of a small guest: what is presented is what the engine reports. */
function run(experiment: string): RunReport[] {
  const parsed = parseExperiment(experiment);
  expect(parsed.problems).to.deep.equal([]);
  return expand(parsed.experiment!).map((one) => {
    const { scenario, strategy } = simulationOf(one);
    const report = simulate(scenario, strategy, { technique: nameOf(one.technique) });
    return { label: one.label, point: { ...one.point }, report };
  });
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
    const lines = reportText(compared).split('\n\n')[1]!.split('\n');
    expect(lines[0]).to.match(/^Technique +Downtime +Total time/);
    const end = lines[0]!.indexOf('Downtime') + 'Downtime'.length;
    for (const line of lines.slice(1)) expect(line.slice(0, end)).to.match(/ (ms|s|µs)$/);
  });

  it('does not call it a broken rule that a migration has no end', () => {
    const runs = run('guest: { memory: 16 MiB, workload: linear, writes: 200 MiB/s, workingSet: 16 MiB }\ndowntimeLimit: 30 ms\npreset: qemu\ntechnique: pre-copy');
    const output = reportOutput(runs);
    expect(output.overview.finding).to.match(/^Pre-copy did not end: The migration was not over after /);
    expect(said(reportText(output))).to.match(/did not end\n/).and.include('Without an end:').and.not.include('roken rule');
    expect(said(reportMarkdown(output))).to.include('**Without an end**');
  });

  it('has no table of parts of a run in which nothing happened', () => {
    const [one] = run(`${GUEST}technique: pre-copy`);
    const nothing = simulate(expand(parseExperiment(`${GUEST}technique: pre-copy`).experiment!)[0]!.scenario, function* () {});
    const output = reportOutput([{ ...one!, report: nothing }]);
    expect(reportText(output)).to.include('The guest was never paused.').and.not.match(/^Part /m);
    expect(reportMarkdown(output)).to.include('The guest was never paused.').and.not.include('| Part |');
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

  describe('parts', () => {
    /** The rows of the table of parts, by their titles. */
    const partsOf = (text: string) => {
      const { parts } = reportOutput(run(text));
      return new Map(parts!.table.rows.map(([title, ...cells]) => [title!, cells.map(said)]));
    };

    it('are those that are not nothing, each of them under every run', () => {
      const { parts } = compared;
      expect(parts!.table.columns.map(({ title }) => title)).to.deep.equal(['Part', 'stop-and-copy', 'pre-copy', 'post-copy']);
      expect(parts!.table.rows.every((row) => row.length === 4)).to.equal(true);
      expect(parts!.table.rows.every(([, ...cells]) => cells.some((cell) => cell !== ''))).to.equal(true);
      const rows = new Map(parts!.table.rows.map(([title, ...cells]) => [title, cells]));
      expect(rows.get('Total time: before the pause')![0], 'stop-and-copy pauses at once').to.equal('');
      expect(rows.get('Downtime: sending pages')![2], 'post-copy sends none').to.equal('');
    });

    it('stand in the order of what happens, whichever run comes first', () => {
      const [first, second] = ['[post-copy, pre-copy]', '[pre-copy, post-copy]'].map((list) => [...partsOf(`${GUEST}compare: ${list}`).keys()]);
      expect(first).to.deep.equal(second);
      expect(first!.indexOf('Total time: before the pause')).to.be.below(first!.indexOf('Total time: after the hand-over'));
    });

    it('say what the downtime is', () => {
      expect(compared.parts!.finding).to.equal(
        'The longest part of the downtime is sending pages (stop-and-copy and pre-copy) and sending vCPU and device state (post-copy).',
      );
      expect(said(reportOutput(run(`${GUEST}technique: post-copy`)).parts!.finding)).to.equal(
        'Sending vCPU and device state takes 99 % of the downtime.',
      );
      const swept = reportOutput(run(`${GUEST}technique: pre-copy\nsweep: { preset: [none, xen, hyper-v] }`)).parts!;
      expect(swept.finding).to.match(
        /^The longest part of the downtime is sending pages \(1 run\) and sending vCPU and device state \(2 runs\)\.$/,
      );
      expect(swept.table.columns.map(({ title }) => title)).to.deep.equal(['Part', 'preset none', 'preset xen', 'preset hyper-v']);
    });

    it('add up to their figures', () => {
      for (const { report } of run(`${GUEST}tracking: shadow\npreset: qemu\ncompare: [pre-copy, hybrid, stop-and-copy]`)) {
        const sum = (figure: string) =>
          reportParts(report).filter((part) => part.figure === figure).reduce((total, { value }) => total + value, 0);
        expect(sum('Downtime')).to.be.closeTo(report.downtimeSeconds, 1e-9);
        expect(sum('Total time')).to.be.closeTo(report.totalSeconds, 1e-9);
        expect(sum('Pages sent')).to.equal(report.pagesSent);
        expect(sum('Data sent')).to.equal(report.transferredBytes);
      }
    });

    it('tell what tracking costs', () => {
      const rows = partsOf(`${GUEST}tracking: write-protect\ntechnique: pre-copy`);
      expect([...rows.keys()]).to.include.members([
        'Downtime: reading the dirty bitmap',
        'Work lost: tracking of dirty pages',
        'Tracking: readings of the dirty bitmap',
        'Tracking: first writes that stalled',
        "Tracking: the migration thread's time",
      ]);
      expect([...rows.keys()], 'of one vCPU: they are the work lost').not.to.include('Tracking: stalls, all vCPUs together');
      expect([...partsOf(`${GUEST}technique: pre-copy`).keys()].filter((title) => title.startsWith('Tracking'))).to.deep.equal([]);
    });

    it('tell how pages were encoded and which were left out', () => {
      const heavy =
        'guest: { memory: 64 MiB, writes: 64 MiB/s, workingSet: 32 MiB, zero: 0.2, compressed: 0.3, changed: 8 B }\nlink: 200 Mbit/s\n';
      const rows = partsOf(`${heavy}technique: { use: pre-copy, with: [xbzrle, skip-dirty] }`);
      expect([...rows.keys()]).to.include.members([
        'Pages sent: in full',
        'Pages sent: as the mark of a zero page',
        'Pages sent: as a difference',
        'Pages not sent: dirty again when their turn came',
        'Cache of sent pages: pages found',
      ]);
      expect([...partsOf(`${heavy}technique: { use: pre-copy, with: [compression] }`).keys()]).to.include('Pages sent: compressed');
    });

    it('tell what the guest lost, by its cause', () => {
      const heavy = 'guest: { memory: 256 MiB, writes: 512 MiB/s, workingSet: 128 MiB }\n';
      expect([...partsOf(`${heavy}technique: { use: pre-copy, with: [auto-converge] }`).keys()]).to.include('Work lost: throttled');
      expect([...partsOf(`${heavy}technique: post-copy`).keys()]).to.include('Work lost: waiting for pages');
    });

    it('tell what a client saw', () => {
      const rows = partsOf(`${GUEST}client: { probe: 10 ms, patience: 100 ms }\ntechnique: stop-and-copy`);
      expect([...rows.keys()]).to.include.members(['Seen by the client: outage', 'Seen by the client: probes lost']);
      expect(rows.get('Seen by the client: connections given up')).to.deep.equal(['1']);
    });

    it('tell a client that waits for a guest from one that never hears of it again', () => {
      const rows = partsOf(
        'guest: { memory: 64 MiB, reads: 100 MiB/s, workingSet: 64 MiB }\nfaults: [{ link: 0.2 s, for: 3 s }]\nclient: { patience: 1 s }\n' +
          'compare: [post-copy, { use: post-copy, with: [recovery] }, pre-copy]',
      );
      const row = (name: string) => rows.get(`Seen by the client: ${name}`)!.map((cell) => (cell.startsWith('3.0') ? '3 s' : cell));
      expect(row('outage')).to.deep.equal(['for ever', '3 s', '']);
      expect(row('outage, as all vCPUs waited for pages')).to.deep.equal(['', '3 s', '']);
      expect(row('standstill of its connection')).to.deep.equal(['for ever', '3 s', '']);
      expect(row('connections given up')).to.deep.equal(['1', '1', '']);
    });

    it('tell how long a network fault takes, and for how many of them', () => {
      const rows = partsOf(`${GUEST}compare: [pre-copy, demand-paging]`);
      // On an idle link each takes a round trip of 200 µs and a page of 32.8 µs.
      for (const name of ['half are over within', '99 % are over within', 'the longest takes']) {
        expect(rows.get(`Network faults: ${name}`)).to.deep.equal(['', '233 µs']);
      }
    });

    it('tell when the source can be freed, only if that is another time', () => {
      const near = `${GUEST}technique: post-copy`;
      expect([...partsOf(near).keys()]).not.to.include('Source host: can be freed after');
      const rows = partsOf(`${near}\nlink: { latency: 100 ms }`);
      expect(rows.get('Source host: can be freed after')).to.deep.equal(['546 ms']);
    });

    it('are in the text and in Markdown, too', () => {
      expect(reportText(compared)).to.match(/\nDowntime: sending pages +\d/);
      expect(reportMarkdown(compared)).to.match(/\n\| Downtime: sending pages \| \d/);
    });

    it('give way to columns where there are many runs, for figures that are not nothing', () => {
      const output = reportOutput(run(`${GUEST}tracking: shadow\nsweep: { seed: [1, 2, 3, 4, 5, 6, 7] }`));
      expect(output.parts).to.equal(undefined);
      expect(output.overview.table.columns.map(({ title }) => title)).to.include('Work lost: tracking').and.not.include('Sent compressed');
      for (const text of [reportText(output), reportMarkdown(output)]) expect(text).to.include('shown for up to 6 runs');
    });
  });

  it('says how fine the timeline is that is kept', () => {
    const [one] = run('guest: { memory: 192 MiB, workload: idle }\ntechnique: stop-and-copy');
    const output = reportOutput([one!]);
    const { sampleSeconds, throughput } = output.runs[0]!.timeline!;
    expect(samplingOf(output.runs[0]!.timeline!)).to.match(/^The timeline is down-sampled: \d+ samples of [\d.]+\sms each\.$/);
    expect(reportMarkdown(output)).to.include(`down-sampled: ${throughput.length} samples of ${seconds(sampleSeconds)} each`);
  });

  it('says what broke, and what became of the guest', () => {
    const broken = run(`${GUEST}faults: [{ destination: 100 ms }]\ncompare: [pre-copy, post-copy]`);
    const { overview, runs } = reportOutput(broken);
    expect(overview.finding).to.match(/Pre-copy fails: The destination host died at .*goes on at the source\./);
    expect(overview.finding).to.match(/Post-copy loses its guest: The destination host died at/);
    expect(overview.table.rows.map((row) => row.at(-1)!.split(':')[0])).to.deep.equal(['failed', 'guest lost']);
    expect(runs.map((shown) => shown.broken?.outcome)).to.deep.equal(['failed', 'lost']);
  });

  it('calls what is refined by its whole name', () => {
    const { overview } = reportOutput(run(`${GUEST}compare: [pre-copy, { use: pre-copy, with: [xbzrle] }, { use: pre-copy, preset: xen }]`));
    expect(overview.table.rows.map(([name]) => name)).to.deep.equal(['pre-copy', 'pre-copy + xbzrle', 'pre-copy (xen)']);
  });
});
