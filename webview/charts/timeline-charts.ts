import type { Chart, ChartDataset, Plugin } from 'chart.js';
import { count, seconds, share } from '../../src/protocol/quantities';
import { draw, tooltipStyle } from './chart';
import { tickText } from './metrics';
import { withAlpha, type Theme } from './theme';
import type { Point, TimelineModel } from './timeline';

/** All panels leave the same room for their axis, so that their times stand beneath each other. */
const AXIS_WIDTH = 62;

export type TimelinePanel = 'remaining' | 'rates' | 'throughput';

/** Draws one panel of a run over time. The last one carries the time axis. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  theme: Theme,
  model: TimelineModel,
  panel: TimelinePanel,
): Chart {
  const { datasets, max, write } = panelOf(panel, theme, model);
  const font = { family: theme.font, size: theme.fontSize - 1 };
  return draw(canvas, theme, {
    type: 'line',
    data: { datasets },
    options: {
      parsing: false,
      normalized: true,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      layout: { padding: { top: panel === 'remaining' ? 16 : 4, right: 12 } },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          filter: ({ dataset }) => dataset.label !== '',
          callbacks: {
            title: ([item]) => (item ? seconds((item.raw as Point).x) : ''),
            label: ({ raw, dataset }) => `${dataset.label}: ${write((raw as Point).y)}`,
          },
        },
      },
      scales: {
        x: {
          type: 'linear',
          min: 0,
          max: model.endSeconds,
          border: { color: theme.muted },
          grid: { display: false },
          ticks: {
            display: panel === 'throughput',
            color: theme.muted,
            font,
            maxRotation: 0,
            align: 'inner',
            autoSkipPadding: 16,
            includeBounds: false,
            callback: (value) => tickText({ write: seconds }, Number(value)),
          },
        },
        y: {
          min: 0,
          ...(max !== undefined && { max }),
          border: { display: false },
          grid: { color: theme.grid, drawTicks: false },
          afterFit: (scale) => {
            scale.width = AXIS_WIDTH;
          },
          ticks: { color: theme.muted, font, padding: 6, maxTicksLimit: 4, callback: (value) => write(Number(value)) },
        },
      },
    },
    plugins: [marks(theme, model, panel)],
  });
}

function panelOf(
  panel: TimelinePanel,
  theme: Theme,
  model: TimelineModel,
): { datasets: ChartDataset<'line', Point[]>[]; max?: number; write(value: number): string } {
  const line = (label: string, data: Point[], color: string, dash: number[] = []): ChartDataset<'line', Point[]> => ({
    label,
    data,
    borderColor: color,
    borderDash: dash,
    borderWidth: 1.5,
    pointRadius: 0,
    pointHitRadius: 8,
  });
  const [blue, orange, green] = theme.series as [string, string, string];
  switch (panel) {
    case 'remaining':
      return {
        datasets: [
          {
            ...line('missing or stale at the destination', model.remaining, blue),
            fill: 'origin',
            backgroundColor: withAlpha(blue, 0.12),
          },
        ],
        write: count,
      };
    case 'rates':
      return {
        datasets: [
          line('sent per second', model.sent, blue),
          line('dirtied per second', model.dirtied, orange, [5, 3]),
        ],
        write: count,
      };
    case 'throughput':
      return {
        datasets: [
          line('work of the guest', model.throughput, green),
          {
            ...line('', model.brownout, 'transparent'),
            fill: { value: 1 },
            backgroundColor: withAlpha(orange, 0.3),
            pointHitRadius: 0,
          },
        ],
        max: 1,
        write: share,
      };
  }
}

/** The pause as a band with its length, and the ends of the rounds as fine lines with their numbers. */
function marks(theme: Theme, { pause, roundEnds }: TimelineModel, panel: TimelinePanel): Plugin<'line'> {
  return {
    id: 'marks',
    beforeDatasetsDraw({ ctx, chartArea: { left, right, top, bottom }, scales }) {
      const x = (value: number) => Math.min(Math.max(scales.x!.getPixelForValue(value), left), right);
      ctx.save();
      ctx.font = `${theme.fontSize - 1}px ${theme.font}`;
      ctx.textBaseline = 'bottom';
      ctx.strokeStyle = theme.muted;
      ctx.fillStyle = theme.muted;
      ctx.lineWidth = 1;
      let start = left;
      let labelEnd = -Infinity;
      roundEnds.forEach((end, i) => {
        const at = Math.round(x(end)) + 0.5;
        ctx.globalAlpha = 0.5;
        ctx.setLineDash([2, 2]);
        stroke(ctx, at, top, bottom);
        ctx.globalAlpha = 1;
        const text = i === 0 ? `round ${i + 1}` : String(i + 1);
        const width = ctx.measureText(text).width;
        const middle = (start + at) / 2 - width / 2;
        if (panel === 'remaining' && at - start > width + 6 && middle > labelEnd) {
          ctx.fillText(text, middle, top - 2);
          labelEnd = middle + width;
        }
        start = at;
      });
      if (pause) {
        const [from, to] = [x(pause.from), x(pause.to)];
        const width = Math.max(to - from, 2);
        ctx.fillStyle = withAlpha(theme.pause, 0.22);
        ctx.fillRect(from, top, width, bottom - top);
        ctx.setLineDash([]);
        ctx.strokeStyle = theme.pause;
        stroke(ctx, from, top, bottom);
        stroke(ctx, from + width, top, bottom);
        if (panel === 'remaining') {
          const text = `paused ${seconds(pause.to - pause.from)}`;
          const textWidth = ctx.measureText(text).width;
          const inside = width > textWidth + 12;
          const fitsRight = from + width + textWidth + 8 < right;
          ctx.fillStyle = theme.foreground;
          ctx.fillText(text, inside ? from + 6 : fitsRight ? from + width + 5 : from - textWidth - 5, top + 16);
        }
      }
      ctx.restore();
    },
  };
}

function stroke(ctx: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
}
