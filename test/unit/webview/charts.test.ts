import { expect } from 'chai';
import type { ReportOutput, RunDetails, ShownRun } from '../../../src/protocol/outputs';
import { comparisonPanels, logFloor, needsLogScale, sweepPanels } from '../../../webview/charts/metrics';
import { seriesStyles } from '../../../webview/charts/series-style';
import { withAlpha } from '../../../webview/charts/theme';
import { timelineModel, timelineTable } from '../../../webview/charts/timeline';
import { pointRadii } from '../../../webview/charts/world-style';
import { readProse } from '../../../webview/renderer/prose';

const said = (text: string) => text.replaceAll('\u00a0', ' ');
const nothing = { finding: '', table: { caption: '', columns: [], rows: [] } };

function shown(technique: string, downtimeSeconds: number, more: Partial<ShownRun> = {}): ShownRun {
  return {
    label: technique,
    technique,
    point: {},
    converged: true,
    preparationSeconds: 0,
    downtimeSeconds,
    resumeSeconds: 0,
    totalSeconds: 10,
    pagesSent: 100,
    transferredBytes: 4096,
    networkFaults: 0,
    guestPages: 100,
    violations: [],
    ...more,
  };
}

describe('comparison panels', () => {
  const panels = comparisonPanels([shown('stop-and-copy', 8), shown('post-copy', 0.008)]);

  it('state their finding', () => {
    expect(said(panels[0]!.finding)).to.equal('Downtime: stop-and-copy 8.00 s, post-copy 8.00 ms.');
  });

  it('leave out a metric that is nothing everywhere', () => {
    expect(panels.map((panel) => panel.metric.title)).to.deep.equal(['Downtime', 'Total time', 'Data sent']);
  });

  it('use a logarithmic scale only where values are far apart', () => {
    expect(panels.map((panel) => panel.log)).to.deep.equal([true, false, false]);
    expect(needsLogScale([0, 5])).to.equal(false);
  });

  it('begin a logarithmic scale at a power of ten below the least value', () => {
    expect(logFloor([0.008, 8, 0])).to.equal(0.001);
    // A value on the mark itself would have a bar without length.
    expect(logFloor([0.01, 8])).to.be.closeTo(0.001, 1e-12);
  });
});

describe('panels of two worlds', () => {
  const real = (technique: string, downtimeSeconds: number) => shown(technique, downtimeSeconds, { world: 'qemu' });
  const runs = [shown('pre-copy', 0.3), shown('post-copy', 0.008), real('pre-copy', 0.25)];

  it('put what was run in both side by side, and know what was not', () => {
    const [downtime] = comparisonPanels(runs);
    expect(downtime!.labels).to.deep.equal(['pre-copy', 'post-copy']);
    expect(downtime!.series).to.deep.equal([
      { world: 'simulator', values: [0.3, 0.008] },
      { world: 'qemu', values: [0.25, undefined] },
    ]);
  });

  it('name the world of each figure', () => {
    expect(said(comparisonPanels(runs)[0]!.finding)).to.equal(
      'Downtime: pre-copy, simulator 300 ms; pre-copy, QEMU 250 ms; post-copy, simulator 8.00 ms.',
    );
  });

  it('have one series where there is one world, whichever it is', () => {
    expect(comparisonPanels([real('pre-copy', 1), real('hybrid', 2)])[0]!.series).to.deep.equal([{ world: 'qemu', values: [1, 2] }]);
  });

  it('give a sweep a line for each world, which only then is named', () => {
    const at = (seed: string, world?: 'qemu') => shown('pre-copy', Number(seed), { point: { seed }, ...(world && { world }) });
    const sweep = [{ key: 'seed', values: ['1', '2'] }];
    const both = sweepPanels({ version: 1, overview: nothing, sweep, runs: [at('1'), at('2'), at('1', 'qemu')] });
    expect(both.panels[0]!.lines).to.deep.equal([
      { name: 'pre-copy', world: 'simulator', values: [1, 2] },
      { name: 'pre-copy', world: 'qemu', values: [1, undefined] },
    ]);
    expect(said(both.panels[0]!.finding)).to.equal(
      'Downtime: Pre-copy, simulator from 1.00 s to 2.00 s; Pre-copy, QEMU 1.00 s.',
    );
  });

  it('mark a measured line with points, few enough to be seen', () => {
    for (const length of [0, 1, 5, 24, 160]) {
      const points = pointRadii(length).filter((radius) => radius > 0).length;
      expect(pointRadii(length)).to.have.length(length);
      expect(points, `of ${length}`).to.be.within(Math.min(1, length), 36);
    }
  });
});

describe('sweep panels', () => {
  it('put the key with the most values along the axis, and a line for each of the rest', () => {
    const points = ['a', 'b', 'c'].flatMap((x) => ['1', '2'].map((y) => ({ x, y })));
    const output: ReportOutput = {
      version: 1,
      overview: nothing,
      sweep: [
        { key: 'y', values: ['1', '2'] },
        { key: 'x', values: ['a', 'b', 'c'] },
      ],
      runs: points.map((point, i) => shown('pre-copy', i + 1, { point })),
    };
    const { key, values, panels } = sweepPanels(output);
    expect([key, values]).to.deep.equal(['x', ['a', 'b', 'c']]);
    expect(panels[0]!.lines).to.deep.equal([
      { name: 'pre-copy, y 1', values: [1, 3, 5] },
      { name: 'pre-copy, y 2', values: [2, 4, 6] },
    ]);
    expect(said(panels[0]!.finding)).to.equal(
      'Downtime: Pre-copy, y 1 from 1.00 s to 5.00 s; Pre-copy, y 2 from 2.00 s to 6.00 s.',
    );
  });
});

describe('series styles', () => {
  it('give a technique the same look in every chart, and no two series the same', () => {
    const [own, pre, post] = seriesStyles(['./strategies/mine.ts', 'pre-copy', 'post-copy']);
    expect(seriesStyles(['pre-copy'])[0]).to.deep.equal(pre);
    expect(new Set([own, pre, post].map((s) => s!.color)).size).to.equal(3);
    const many = seriesStyles(Array.from({ length: 12 }, (_, i) => `series ${i}`));
    expect(new Set(many.map((s) => JSON.stringify(s))).size).to.equal(12);
  });
});

describe('the course of a run', () => {
  const run: ShownRun & RunDetails = {
    ...shown('pre-copy', 0.5, { totalSeconds: 3.5 }),
    rounds: nothing,
    throughput: nothing,
    downtime: nothing,
    roundEnds: [2],
    timeline: {
      sampleSeconds: 1,
      pagesSent: [40, 40, 20, 10],
      pagesDirtied: [5, 5, 0, 0],
      pagesRemaining: [65, 30, 10, 0],
      throughput: [1, 0.9, 0.7, 1],
      pausedAtSeconds: 2.6,
      resumedAtSeconds: 2.7,
    },
  };
  const model = timelineModel(run);

  it('ends with the migration, not with the last sample', () => {
    expect(model.endSeconds).to.equal(3.5);
    expect(model.sent.at(-1)).to.deep.equal({ x: 3.25, y: 20 });
  });

  it('starts with all pages missing', () => {
    expect(model.remaining[0]).to.deep.equal({ x: 0, y: 100 });
  });

  it('falls to zero for just the pause, however short, and shows no brownout there', () => {
    expect(model.throughput.filter((p) => p.y === 0).map((p) => p.x)).to.deep.equal([2.6, 2.7]);
    expect(model.brownout.filter((p) => p.x === 2.6).map((p) => p.y)).to.deep.equal([0.9, 1]);
  });

  it('leaves out samples that are a mixture of running and standing still', () => {
    expect(model.throughput.some((p) => p.y === 0.7)).to.equal(false);
  });

  it('is a table with the same totals', () => {
    const rows = timelineTable(run).rows.map((row) => row.map(said));
    expect(rows[0]).to.deep.equal(['1.00 s', '40', '5', '65', '100 %']);
    expect(rows).to.have.length(4);
  });
});

describe('prose', () => {
  it('knows code, strong and lists, and leaves everything else as text', () => {
    expect(readProse('Use `a<b>` and **now**.\n\n- one\n- `two`\n<script>')).to.deep.equal([
      {
        kind: 'paragraph',
        spans: [
          { text: 'Use ' },
          { text: 'a<b>', style: 'code' },
          { text: ' and ' },
          { text: 'now', style: 'strong' },
          { text: '.' },
        ],
      },
      { kind: 'list', items: [[{ text: 'one' }], [{ text: 'two', style: 'code' }]] },
      { kind: 'paragraph', spans: [{ text: '<script>' }] },
    ]);
  });
});

describe('transparency', () => {
  it('works with every way in which themes write colours', () => {
    expect(
      ['#fff', '#102030', '#10203040', 'rgb(1, 2, 3)', 'rgba(1 2 3 / 50%)', 'red'].map((c) => withAlpha(c, 0.5)),
    ).to.deep.equal([
      'rgba(255, 255, 255, 0.5)',
      'rgba(16, 32, 48, 0.5)',
      'rgba(16, 32, 48, 0.5)',
      'rgba(1, 2, 3, 0.5)',
      'rgba(1, 2, 3, 0.5)',
      'red',
    ]);
  });
});
