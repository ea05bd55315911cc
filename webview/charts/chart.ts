import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartType,
} from 'chart.js';
import type { Theme } from './theme';

// Only what is used, so that the rest is not bundled.
Chart.register(BarController, BarElement, CategoryScale, Filler, LinearScale, LineController, LineElement);
Chart.register(LogarithmicScale, PointElement, Tooltip);

/** Draws into a canvas whose wrapper has a height. Nothing moves: kinder to those whom motion makes ill. */
export function draw<T extends ChartType>(
  canvas: HTMLCanvasElement,
  theme: Theme,
  configuration: ChartConfiguration<T>,
): Chart {
  const { options, ...rest } = configuration;
  const common = {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    color: theme.foreground,
    font: { family: theme.font, size: theme.fontSize },
    events: ['mousemove', 'mouseout', 'click', 'touchstart', 'touchmove'],
  };
  return new Chart(canvas, { ...rest, options: { ...common, ...options } } as ChartConfiguration);
}

/** A tooltip in the editor's own colours. */
export function tooltipStyle(theme: Theme) {
  return {
    backgroundColor: theme.background,
    borderColor: theme.muted,
    borderWidth: 1,
    titleColor: theme.foreground,
    bodyColor: theme.foreground,
    titleFont: { family: theme.font, size: theme.fontSize, weight: 'bold' as const },
    bodyFont: { family: theme.font, size: theme.fontSize },
    padding: 8,
    cornerRadius: 3,
    displayColors: false,
  };
}
