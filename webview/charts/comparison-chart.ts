import type { Chart, Plugin } from 'chart.js';
import { WORLD_NAMES } from '../../src/protocol/world-words';
import { draw, tooltipStyle } from './chart';
import { isPowerOfTen, logFloor, tickText, type ComparisonPanel } from './metrics';
import { seriesStyles } from './series-style';
import { withAlpha, type Theme } from './theme';
import { stripes, WORLD_STYLES } from './world-style';

/** Bars for one metric, one for each run, with the value written at its end; where there are two worlds, in pairs. */
export function drawComparison(canvas: HTMLCanvasElement, theme: Theme, panel: ComparisonPanel): Chart {
  const { metric, labels, series, log } = panel;
  const colors = seriesStyles(labels).map((style) => theme.series[style.color]!);
  const values = series.flatMap((one) => one.values).filter((value) => value !== undefined);
  const floor = log ? logFloor(values) : 0;
  const paired = series.length > 1;
  const write = (value: number | undefined) => (value === undefined ? '' : metric.write(value));
  return draw(canvas, theme, {
    type: 'bar',
    data: {
      labels,
      datasets: series.map(({ world, values }) => ({
        label: WORLD_NAMES[world],
        data: values.map((value) => value ?? NaN),
        backgroundColor: colors.map((color) =>
          paired && WORLD_STYLES[world].isMeasured ? stripes(color, theme.background) : withAlpha(color, 0.75),
        ),
        borderColor: colors,
        borderWidth: 1,
        borderRadius: 2,
        maxBarThickness: paired ? 14 : 18,
        // A logarithmic axis has no zero to start from.
        base: log ? floor : 0,
      })),
    },
    options: {
      indexAxis: 'y',
      layout: { padding: { right: 68 } },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          callbacks: {
            label: ({ datasetIndex, dataIndex }) => {
              const { world, values } = series[datasetIndex]!;
              return `${paired ? `${WORLD_NAMES[world]}: ` : ''}${write(values[dataIndex])}`;
            },
          },
        },
      },
      scales: {
        x: {
          type: log ? 'logarithmic' : 'linear',
          min: floor,
          beginAtZero: !log,
          border: { display: false },
          grid: { color: theme.grid, drawTicks: false },
          ticks: {
            color: theme.muted,
            font: { family: theme.font, size: theme.fontSize - 1 },
            maxTicksLimit: 5,
            ...(!log && metric.step && { stepSize: metric.step(Math.max(...values)) }),
            padding: 4,
            autoSkipPadding: 12,
            maxRotation: 0,
            callback: (value) => (log && !isPowerOfTen(Number(value)) ? undefined : tickText(metric, Number(value))),
          },
        },
        y: {
          border: { color: theme.muted },
          grid: { display: false },
          ticks: {
            color: theme.foreground,
            font: { family: theme.font, size: theme.fontSize },
            autoSkip: false,
            crossAlign: 'far',
          },
        },
      },
    },
    plugins: [
      valueLabels(
        theme,
        series.map(({ values }) => values.map(write)),
      ),
    ],
  });
}

/** `texts`: for each dataset, what stands at the end of each bar. */
function valueLabels(theme: Theme, texts: string[][]): Plugin<'bar'> {
  return {
    id: 'value-labels',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.font = `${theme.fontSize}px ${theme.font}`;
      ctx.fillStyle = theme.foreground;
      ctx.textBaseline = 'middle';
      texts.forEach((of, dataset) => {
        chart.getDatasetMeta(dataset).data.forEach((bar, i) => {
          const x = Number.isFinite(bar.x) ? Math.max(bar.x, chartArea.left) : chartArea.left;
          ctx.fillText(of[i]!, x + 6, bar.y);
        });
      });
      ctx.restore();
    },
  };
}
