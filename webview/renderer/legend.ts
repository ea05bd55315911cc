import { seriesStyles, type SeriesStyle } from '../charts/series-style';
import { element, svg } from './dom';

/** Names beside the very line and point with which they are drawn. */
export function legend(names: readonly string[]): HTMLElement {
  const styles = seriesStyles(names);
  const items = names.map((name, i) => element('li', {}, swatch(styles[i]!), name));
  return element('ul', { class: 'legend' }, ...items);
}

/** Short keys for lines that are not techniques. */
export function lineKey(
  items: readonly { name: string; kind: 'solid' | 'dashed' | 'brownout' | 'pause'; color: number }[],
): HTMLElement {
  const entries = items.map(({ name, kind, color }) => {
    const style = { class: `key ${kind} series-${color}`, viewBox: '0 0 24 12', width: '24', height: '12' };
    const shape: [string, Record<string, string>] =
      kind === 'solid' || kind === 'dashed'
        ? ['path', { d: 'M1 6H23', 'stroke-dasharray': kind === 'dashed' ? '5 3' : '' }]
        : ['rect', { x: '2', y: '1', width: '20', height: '10' }];
    return element('li', {}, svg(style, shape), name);
  });
  return element('ul', { class: 'legend' }, ...entries);
}

function swatch({ color, dash, point }: SeriesStyle): SVGSVGElement {
  const attributes = { class: `key solid series-${color}`, viewBox: '0 0 30 12', width: '30', height: '12' };
  const shapes: Record<SeriesStyle['point'], [string, Record<string, string>]> = {
    circle: ['circle', { cx: '15', cy: '6', r: '3.5', class: 'point' }],
    triangle: ['path', { d: 'M15 2l4 7h-8z', class: 'point' }],
    rect: ['path', { d: 'M12 3h6v6h-6z', class: 'point' }],
    rectRot: ['path', { d: 'M15 1.5l4.5 4.5-4.5 4.5L10.5 6z', class: 'point' }],
    star: ['path', { d: 'M15 2v8M11 6h8M12.2 3.2l5.6 5.6M17.8 3.2l-5.6 5.6' }],
    crossRot: ['path', { d: 'M12 3l6 6M18 3l-6 6' }],
  };
  return svg(attributes, ['path', { d: 'M0 6H30', 'stroke-dasharray': dash.join(' ') }], shapes[point]);
}
