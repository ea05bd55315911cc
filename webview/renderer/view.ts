import type { Chart } from 'chart.js';
import { onThemeChange, readTheme, type Theme } from '../charts/theme';
import { element } from './dom';

/** Something drawn into an output, which has to be taken down again. */
export interface View {
  node: HTMLElement;
  dispose(): void;
}

/** Draws a chart into a canvas in the colours of the moment. */
export type Draw = (canvas: HTMLCanvasElement, theme: Theme) => Chart;

/** The charts of one output: drawn once they are in the page, again when the theme changes, destroyed at the end. */
export class Charts {
  private readonly charts = new Map<HTMLCanvasElement, { draw: Draw; chart?: Chart }>();
  private readonly theme = onThemeChange(() => this.drawAll());

  /** A chart with its accessible name, which is the finding. Its height is in pixels. */
  add(finding: string, height: number, draw: Draw): HTMLElement {
    const canvas = element('canvas', { role: 'img', 'aria-label': finding });
    this.charts.set(canvas, { draw });
    const frame = element('div', { class: 'canvas' }, canvas);
    frame.style.height = `${height}px`;
    return frame;
  }

  /** Draws those charts that are in the page and not drawn yet. */
  drawNew(): void {
    for (const [canvas, entry] of this.charts) {
      if (!entry.chart && canvas.isConnected) entry.chart = entry.draw(canvas, readTheme(canvas));
    }
  }

  /** Takes down the charts beneath a node, before it is replaced. */
  remove(node: Node): void {
    for (const [canvas, { chart }] of this.charts) {
      if (!node.contains(canvas)) continue;
      chart?.destroy();
      this.charts.delete(canvas);
    }
  }

  dispose(): void {
    this.theme.dispose();
    for (const { chart } of this.charts.values()) chart?.destroy();
    this.charts.clear();
  }

  private drawAll(): void {
    for (const entry of this.charts.values()) {
      entry.chart?.destroy();
      entry.chart = undefined;
    }
    this.drawNew();
  }
}
