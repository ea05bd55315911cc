import type { CellComparison, Comparison } from './comparison';

/** All lengths in pixels of the picture. */
const ROW = 22;
const LEFT = 280;
const WIDTH = 360;
const GAP = 30;
const TOP = 64;

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly most: number;
  of(cell: CellComparison): { real: number; least: number; most: number; simulated: number } | undefined;
}

/**
 * Total time and downtime of each cell as an SVG: a bar from the least to the most that QEMU showed, a tick at its median,
 * and a ring where the simulator lies. Shapes tell the two apart, so that it can be read without colour.
 */
export function comparisonChart({ cells }: Comparison): string {
  const shown = cells.filter(({ figures }) => figures !== undefined);
  const height = TOP + ROW * shown.length + 40;
  const panels: Panel[] = [
    panel('total time', 's', shown, ({ figures }) => figures!.totalSeconds, 1),
    panel('downtime', 'ms', shown, ({ downtime }) => downtime!, 1000),
  ];
  const width = LEFT + panels.length * (WIDTH + GAP);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ` +
      'font-family="sans-serif" font-size="12" aria-labelledby="title">',
    '<title id="title">Total time and downtime of each cell: QEMU and the simulator</title>',
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...legend(),
    ...shown.map(({ name }, i) => text(LEFT - 10, middle(i) + 4, name, 'end')),
    ...panels.flatMap((one, i) => drawPanel(one, shown, LEFT + i * (WIDTH + GAP))),
    '</svg>',
    '',
  ].join('\n');
}

type Figures = { real: number; least: number; most: number; simulated: number };

function panel(title: string, unit: string, cells: readonly CellComparison[], figure: (cell: CellComparison) => Figures, scale: number): Panel {
  const of = (cell: CellComparison): Figures => {
    const { real, least, most, simulated } = figure(cell);
    return { real: scale * real, least: scale * least, most: scale * most, simulated: scale * simulated };
  };
  const most = Math.max(1e-9, ...cells.map(of).flatMap((one) => [one.most, one.simulated]));
  return { title, unit, most, of };
}

function drawPanel({ title, unit, most, of }: Panel, cells: readonly CellComparison[], left: number): string[] {
  const x = (value: number): number => round(left + (WIDTH * value) / most);
  const bottom = TOP + ROW * cells.length;
  const steps = ticks(most);
  return [
    text(left, TOP - 14, `${title}, ${unit}`, 'start', 'bold'),
    ...steps.map((value) => `<line x1="${x(value)}" x2="${x(value)}" y1="${TOP - 6}" y2="${bottom}" stroke="#ddd"/>`),
    ...steps.map((value) => text(x(value), bottom + 16, String(value), 'middle')),
    ...cells.flatMap((cell, i) => {
      const figures = of(cell);
      if (!figures) return [];
      const y = middle(i);
      const { least, most: largest, real, simulated } = figures;
      const length = Math.max(1, round(x(largest) - x(least)));
      return [
        `<rect x="${x(least)}" y="${y - 5}" width="${length}" height="10" fill="#9db8d9"/>`,
        `<line x1="${x(real)}" x2="${x(real)}" y1="${y - 8}" y2="${y + 8}" stroke="#1f4e8c" stroke-width="3"/>`,
        `<circle cx="${x(simulated)}" cy="${y}" r="4.5" fill="none" stroke="#c2410c" stroke-width="2"/>`,
      ];
    }),
  ];
}

function legend(): string[] {
  const y = 18;
  return [
    `<rect x="${LEFT}" y="${y - 5}" width="30" height="10" fill="#9db8d9"/>`,
    `<line x1="${LEFT + 15}" x2="${LEFT + 15}" y1="${y - 8}" y2="${y + 8}" stroke="#1f4e8c" stroke-width="3"/>`,
    text(LEFT + 38, y + 4, 'QEMU: least, median, most', 'start'),
    `<circle cx="${LEFT + 240}" cy="${y}" r="4.5" fill="none" stroke="#c2410c" stroke-width="2"/>`,
    text(LEFT + 252, y + 4, 'simulator', 'start'),
  ];
}

const middle = (row: number): number => TOP + ROW * row + ROW / 2;
const round = (value: number): number => Math.round(10 * value) / 10;

function text(x: number, y: number, words: string, anchor: string, weight = 'normal'): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-weight="${weight}">${safe}</text>`;
}

/** Four to nine round numbers from 0 up to a value. */
function ticks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.1, 0.2, 0.5, 1, 2].map((one) => one * power).find((one) => most / one < 10) ?? power;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}
