import type { Chart, ChartArea, ChartDataset, Plugin } from 'chart.js';
import type { World } from '../../src/lab/experiment/experiment';
import { count, seconds, share } from '../../src/protocol/quantities';
import { WORLD_NAMES } from '../../src/protocol/world-words';
import { draw, tooltipStyle } from './chart';
import { tickText } from './metrics';
import { withAlpha, type Theme } from './theme';
import type { Point, TimelineModel } from './timeline';
import { pointRadii, WORLD_STYLES } from './world-style';

/** All panels leave the same room for their axis, so that their times stand beneath each other. */
const AXIS_WIDTH = 62;

/** `rates` are of one world; of two, what is sent and what is dirtied get a panel each. */
export type TimelinePanel = 'remaining' | 'rates' | 'sent' | 'dirtied' | 'throughput';

/** A run over time, with its world if there is another one beside it. */
export interface Course {
  world?: World;
  model: TimelineModel;
}

/** Draws one panel of a run over time, in one world or in two. The last panel carries the time axis. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  theme: Theme,
  courses: readonly Course[],
  panel: TimelinePanel,
): Chart {
  const { datasets, max, write } = panelOf(panel, theme, courses);
  const endSeconds = Math.max(...courses.map(({ model }) => model.endSeconds));
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
          max: endSeconds,
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
    plugins: [marks(theme, courses, panel)],
  });
}

interface PanelData {
  datasets: ChartDataset<'line', Point[]>[];
  max?: number;
  write(value: number): string;
}

function panelOf(panel: TimelinePanel, theme: Theme, courses: readonly Course[]): PanelData {
  const [first, second] = courses;
  return first && !second ? panelOfOne(panel, theme, first.model) : panelOfWorlds(panel, theme, courses);
}

/** A line for each world: the one plain, the other with points. */
function panelOfWorlds(panel: TimelinePanel, theme: Theme, courses: readonly Course[]): PanelData {
  const read = (model: TimelineModel): Point[] => {
    if (panel === 'rates') throw new Error('Of two worlds, each rate has its own panel.');
    return model[panel];
  };
  const datasets = courses.map(({ world = 'simulator', model }, i) => {
    const { color, dash, isMeasured } = WORLD_STYLES[world];
    const data = read(model);
    return {
      ...line(WORLD_NAMES[world], data, theme.series[color]!, dash),
      ...(isMeasured && {
        pointRadius: pointRadii(data.length, i),
        pointBackgroundColor: theme.series[color]!,
        pointBorderWidth: 0,
      }),
    };
  });
  return panel === 'throughput' ? { datasets, max: 1, write: share } : { datasets, write: count };
}

function line(label: string, data: Point[], color: string, dash: number[] = []): ChartDataset<'line', Point[]> {
  return {
    label,
    data,
    borderColor: color,
    borderDash: dash,
    borderWidth: 1.5,
    pointRadius: 0,
    pointHitRadius: 8,
  };
}

function panelOfOne(panel: TimelinePanel, theme: Theme, model: TimelineModel): PanelData {
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
    case 'sent':
    case 'dirtied': {
      const [sent, dirtied] = [
        line('sent per second', model.sent, blue),
        line('dirtied per second', model.dirtied, orange, [5, 3]),
      ];
      return { datasets: panel === 'rates' ? [sent, dirtied] : [panel === 'sent' ? sent : dirtied], write: count };
    }
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

/**
 * The pause as a band with its length, and the ends of the rounds as fine lines with their numbers. Of two worlds each has
 * its own band, in its own colour and with its name on a line of its own; the rounds of both would be too many lines.
 */
function marks(theme: Theme, courses: readonly Course[], panel: TimelinePanel): Plugin<'line'> {
  return {
    id: 'marks',
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      const { left, right } = chartArea;
      const x = (value: number) => Math.min(Math.max(scales.x!.getPixelForValue(value), left), right);
      ctx.save();
      ctx.font = `${theme.fontSize - 1}px ${theme.font}`;
      ctx.textBaseline = 'bottom';
      ctx.lineWidth = 1;
      const area = { ctx, chartArea, x, theme, named: panel === 'remaining' };
      if (courses.length === 1) drawRounds(area, courses[0]!.model.roundEnds);
      for (const course of courses) drawPause(area, course);
      if (area.named) courses.forEach((course, i) => namePause(area, course, 16 * (i + 1)));
      ctx.restore();
    },
  };
}

interface Area {
  ctx: CanvasRenderingContext2D;
  chartArea: ChartArea;
  /** Where a time stands, pixels. */
  x(seconds: number): number;
  theme: Theme;
  /** Does this panel carry the names of what is marked in all of them? */
  named: boolean;
}

function drawRounds({ ctx, chartArea: { left, top, bottom }, x, theme, named }: Area, roundEnds: readonly number[]): void {
  let start = left;
  let labelEnd = -Infinity;
  ctx.strokeStyle = theme.muted;
  ctx.fillStyle = theme.muted;
  roundEnds.forEach((end, i) => {
    const at = Math.round(x(end)) + 0.5;
    ctx.globalAlpha = 0.5;
    ctx.setLineDash([2, 2]);
    stroke(ctx, at, top, bottom);
    ctx.globalAlpha = 1;
    const text = i === 0 ? `round ${i + 1}` : String(i + 1);
    const width = ctx.measureText(text).width;
    const middle = (start + at) / 2 - width / 2;
    if (named && at - start > width + 6 && middle > labelEnd) {
      ctx.fillText(text, middle, top - 2);
      labelEnd = middle + width;
    }
    start = at;
  });
}

/** From where to where a pause is marked: never thinner than can be seen. */
function bandOf({ x }: Area, { from, to }: { from: number; to: number }): { start: number; width: number } {
  return { start: x(from), width: Math.max(x(to) - x(from), 2) };
}

function drawPause(area: Area, { world, model: { pause } }: Course): void {
  if (!pause) return;
  const { ctx, chartArea: { top, bottom }, theme } = area;
  const { start, width } = bandOf(area, pause);
  const style = world && WORLD_STYLES[world];
  const color = style ? theme.series[style.color]! : theme.pause;
  ctx.fillStyle = withAlpha(color, style ? 0.14 : 0.22);
  ctx.fillRect(start, top, width, bottom - top);
  ctx.setLineDash(style?.dash ?? []);
  ctx.strokeStyle = color;
  stroke(ctx, start, top, bottom);
  stroke(ctx, start + width, top, bottom);
}

function namePause(area: Area, { world, model: { pause } }: Course, below: number): void {
  if (!pause) return;
  const { ctx, chartArea: { right, top }, theme } = area;
  const { start, width } = bandOf(area, pause);
  const text = `${world ? `${WORLD_NAMES[world]}: ` : ''}paused ${seconds(pause.to - pause.from)}`;
  const textWidth = ctx.measureText(text).width;
  const inside = width > textWidth + 12;
  const fitsRight = start + width + textWidth + 8 < right;
  ctx.fillStyle = theme.foreground;
  ctx.fillText(text, inside ? start + 6 : fitsRight ? start + width + 5 : start - textWidth - 5, top + below);
}

function stroke(ctx: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
}
