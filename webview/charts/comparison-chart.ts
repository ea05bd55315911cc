import type { Chart, Plugin } from 'chart.js';
import { draw, tooltipStyle } from './chart';
import { isPowerOfTen, logFloor, tickText, type ComparisonPanel } from './metrics';
import { seriesStyles } from './series-style';
import { withAlpha, type Theme } from './theme';

/** Bars for one metric, one for each run, with the value written at its end. */
export function drawComparison(
  canvas: HTMLCanvasElement,
  theme: Theme,
  labels: string[],
  panel: ComparisonPanel,
): Chart {
  const { metric, values, log } = panel;
  const styles = seriesStyles(labels);
  const colors = styles.map((style) => theme.series[style.color]!);
  const floor = log ? logFloor(values) : 0;
  return draw(canvas, theme, {
    type: 'bar',
    data: {
      labels,
      datasets: [
        {
          data: values,
          backgroundColor: colors.map((color) => withAlpha(color, 0.75)),
          borderColor: colors,
          borderWidth: 1,
          borderRadius: 2,
          maxBarThickness: 18,
          // A logarithmic axis has no zero to start from.
          base: log ? floor : 0,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      layout: { padding: { right: 68 } },
      plugins: {
        tooltip: { ...tooltipStyle(theme), callbacks: { label: ({ dataIndex }) => metric.write(values[dataIndex]!) } },
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
        values.map((value) => metric.write(value)),
      ),
    ],
  });
}

function valueLabels(theme: Theme, texts: string[]): Plugin<'bar'> {
  return {
    id: 'value-labels',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.font = `${theme.fontSize}px ${theme.font}`;
      ctx.fillStyle = theme.foreground;
      ctx.textBaseline = 'middle';
      chart.getDatasetMeta(0).data.forEach((bar, i) => {
        const x = Number.isFinite(bar.x) ? Math.max(bar.x, chartArea.left) : chartArea.left;
        ctx.fillText(texts[i]!, x + 6, bar.y);
      });
      ctx.restore();
    },
  };
}
