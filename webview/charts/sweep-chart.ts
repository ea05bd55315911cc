import type { Chart } from 'chart.js';
import { nameInWorld } from '../../src/protocol/world-words';
import { draw, tooltipStyle } from './chart';
import { isPowerOfTen, logFloor, tickText, type Sweep, type SweepPanel } from './metrics';
import { seriesStyles } from './series-style';
import type { Theme } from './theme';

/** Lines with markers over the swept key's values; where there are two worlds, lines for the one and points for the other. */
export function drawSweep(canvas: HTMLCanvasElement, theme: Theme, sweep: Sweep, panel: SweepPanel): Chart {
  const { metric, lines, log } = panel;
  const names = [...new Set(lines.map((line) => line.name))];
  const ofNames = seriesStyles(names);
  const styles = lines.map((line) => ofNames[names.indexOf(line.name)]!);
  const all = lines.flatMap((line) => line.values).filter((value) => value !== undefined);
  const font = { family: theme.font, size: theme.fontSize - 1 };
  return draw(canvas, theme, {
    type: 'line',
    data: {
      labels: sweep.values,
      datasets: lines.map(({ name, world, values }, i) => ({
        label: nameInWorld(name, world),
        // Zero is not on a logarithmic axis: it is drawn at the edge.
        data: values.map((value) => (value === undefined ? NaN : log ? Math.max(value, logFloor(all)) : value)),
        borderColor: theme.series[styles[i]!.color],
        backgroundColor: world === 'qemu' ? theme.series[styles[i]!.color] : theme.background,
        borderDash: styles[i]!.dash,
        pointStyle: styles[i]!.point,
        pointRadius: world === undefined ? 4 : world === 'qemu' ? 5 : 0,
        pointBorderWidth: 1.5,
        borderWidth: 2,
        showLine: world !== 'qemu',
      })),
    },
    options: {
      interaction: { mode: 'index', intersect: false },
      layout: { padding: { top: 6, right: 12 } },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          callbacks: {
            label: ({ datasetIndex, dataIndex }) => {
              const { name, world, values } = lines[datasetIndex]!;
              const value = values[dataIndex];
              const label = nameInWorld(name, world);
              return value === undefined ? label : `${label}: ${metric.write(value)}`;
            },
          },
        },
      },
      scales: {
        x: {
          border: { color: theme.muted },
          grid: { display: false },
          title: { display: true, text: sweep.key, color: theme.muted, font },
          ticks: { color: theme.muted, font, maxRotation: 40, autoSkipPadding: 8 },
        },
        y: {
          type: log ? 'logarithmic' : 'linear',
          beginAtZero: !log,
          min: log ? logFloor(all) : 0,
          border: { display: false },
          grid: { color: theme.grid, drawTicks: false },
          ticks: {
            color: theme.muted,
            font,
            padding: 6,
            maxTicksLimit: 6,
            ...(!log && metric.step && { stepSize: metric.step(Math.max(...all)) }),
            callback: (value) => (log && !isPowerOfTen(Number(value)) ? undefined : tickText(metric, Number(value))),
          },
        },
      },
    },
  });
}
