/** The editor's colours as a canvas needs them: resolved, because it knows no CSS variables. */
export interface Theme {
  foreground: string;
  muted: string;
  grid: string;
  background: string;
  /** Of the series, told apart by dashes and points as well. */
  series: readonly string[];
  /** The time in which the guest stands still. */
  pause: string;
  font: string;
  fontSize: number;
}

/** VS Code's chart colours, in the order in which series take them, and what to take where there are none. */
const SERIES: readonly [variable: string, fallback: string][] = [
  ['--vscode-charts-blue', '#1a85ff'],
  ['--vscode-charts-orange', '#d18616'],
  ['--vscode-charts-green', '#388a34'],
  ['--vscode-charts-purple', '#8b5cf6'],
  ['--vscode-charts-red', '#e51400'],
  ['--vscode-charts-yellow', '#bf8803'],
];

export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const foreground = read('--vscode-foreground', '#3b3b3b');
  const contrast = read('--vscode-contrastBorder', '');
  return {
    foreground,
    muted: read('--vscode-descriptionForeground', foreground),
    grid: withAlpha(contrast || foreground, contrast ? 0.4 : 0.14),
    background:
      read('--vscode-notebook-outputContainerBackgroundColor', '') || read('--vscode-editor-background', '#fff'),
    series: SERIES.map(([variable, fallback]) => read(variable, fallback)),
    pause: read('--vscode-charts-red', '#e51400'),
    font: read('--vscode-font-family', 'system-ui, sans-serif'),
    fontSize: 12,
  };
}

/** Calls back whenever the editor's theme may have changed, until it is disposed. */
export function onThemeChange(callback: () => void): { dispose(): void } {
  const observer = new MutationObserver(callback);
  // VS Code sets the variables on the root element and names the theme on the body.
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  return { dispose: () => observer.disconnect() };
}

/** The colour, more transparent. Understands what themes contain: `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `rgba()`. */
export function withAlpha(color: string, alpha: number): string {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1];
  if (hex) {
    const digits = hex.length < 6 ? [...hex].map((d) => d + d).join('') : hex;
    const [r, g, b] = [0, 2, 4].map((i) => parseInt(digits.slice(i, i + 2), 16));
    return `rgba(${r}, ${g}, ${b}, ${alpha})`;
  }
  const numbers = /^rgba?\(([^)]*)\)$/i
    .exec(color)?.[1]
    ?.split(/[\s,/]+/)
    .slice(0, 3);
  return numbers?.length === 3 ? `rgba(${numbers.join(', ')}, ${alpha})` : color;
}
