import type { World } from '../../src/lab/experiment/experiment';

/**
 * How the worlds are told apart in every chart, besides by colour: what the simulator says is a plain line or a full bar, what was
 * measured on QEMU has points on it, or stripes.
 */
export interface WorldStyle {
  /** Index into the theme's colours, where a chart has no techniques to colour. */
  color: number;
  dash: number[];
  isMeasured: boolean;
}

export const WORLD_STYLES: Readonly<Record<World, WorldStyle>> = {
  simulator: { color: 0, dash: [], isMeasured: false },
  qemu: { color: 1, dash: [6, 3], isMeasured: true },
};

/** About so many points are drawn on a measured line: enough to mark it, few enough to see it. */
const POINTS = 24;

/** The radius of each point of a measured line, pixels. `phase` moves the points along, so that two lines do not hide each other. */
export function pointRadii(length: number, phase = 0): number[] {
  const step = Math.max(1, Math.round(length / POINTS));
  return Array.from({ length }, (_, i) => ((i + phase) % step === 0 ? 2.5 : 0));
}

/** Diagonal stripes of a colour for a bar; the plain colour where a canvas gives no pattern. */
export function stripes(color: string, background: string): CanvasPattern | string {
  const size = 6;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const ctx = canvas.getContext('2d');
  if (!ctx) return color;
  ctx.fillStyle = background;
  ctx.fillRect(0, 0, size, size);
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  // Three strokes, so that the stripes go on across the tile's edges.
  for (const shift of [-size, 0, size]) {
    ctx.beginPath();
    ctx.moveTo(shift - 1, size + 1);
    ctx.lineTo(shift + size + 1, -1);
    ctx.stroke();
  }
  return ctx.createPattern(canvas, 'repeat') ?? color;
}
