import type { World } from '../../src/lab/experiment/experiment';
import { nameInWorld, WORLD_NAMES } from '../../src/protocol/world-words';
import type { SweepLine } from '../charts/metrics';
import { seriesStyles, type SeriesStyle } from '../charts/series-style';
import { WORLD_STYLES } from '../charts/world-style';
import { element, svg } from './dom';

/** Names beside the very line and point with which they are drawn; where there are two worlds, line or point alone. */
export function legend(lines: readonly Pick<SweepLine, 'name' | 'world'>[]): HTMLElement {
  const names = [...new Set(lines.map(({ name }) => name))];
  const styles = seriesStyles(names);
  const items = lines.map(({ name, world }) =>
    element('li', {}, swatch(styles[names.indexOf(name)]!, world), nameInWorld(name, world)),
  );
  return element('ul', { class: 'legend' }, ...items);
}

/** The worlds, as lines have them or as bars do. */
export function worldKey(shape: 'lines' | 'bars'): HTMLElement {
  const key = (world: World) => (shape === 'lines' ? worldLine(world) : worldBar(world));
  const worlds: World[] = ['simulator', 'qemu'];
  return element('ul', { class: 'legend' }, ...worlds.map((world) => element('li', {}, key(world), WORLD_NAMES[world])));
}

function worldLine(world: World): SVGSVGElement {
  const { color, dash, isMeasured } = WORLD_STYLES[world];
  const attributes = { class: `key solid series-${color}`, viewBox: '0 0 30 12', width: '30', height: '12' };
  const points: [string, Record<string, string>][] = isMeasured
    ? [['circle', { cx: '15', cy: '6', r: '2.5', class: 'mark' }]]
    : [];
  return svg(attributes, ['path', { d: 'M0 6H30', 'stroke-dasharray': dash.join(' ') }], ...points);
}

function worldBar(world: World): SVGSVGElement {
  const { isMeasured } = WORLD_STYLES[world];
  const attributes = { class: `key bar ${isMeasured ? 'striped' : 'full'}`, viewBox: '0 0 24 12', width: '24', height: '12' };
  const stripes: [string, Record<string, string>][] = isMeasured
    ? [['path', { d: 'M2 8L8 1M4 11L13 1M9 11L18 1M14 11L22 2M19 11L22 7.5' }]]
    : [];
  return svg(attributes, ['rect', { x: '1.5', y: '1', width: '21', height: '10' }], ...stripes);
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

function swatch({ color, dash, point }: SeriesStyle, world?: World): SVGSVGElement {
  const attributes = { class: `key solid series-${color}`, viewBox: '0 0 30 12', width: '30', height: '12' };
  const shapes: Record<SeriesStyle['point'], [string, Record<string, string>]> = {
    circle: ['circle', { cx: '15', cy: '6', r: '3.5', class: 'point' }],
    triangle: ['path', { d: 'M15 2l4 7h-8z', class: 'point' }],
    rect: ['path', { d: 'M12 3h6v6h-6z', class: 'point' }],
    rectRot: ['path', { d: 'M15 1.5l4.5 4.5-4.5 4.5L10.5 6z', class: 'point' }],
    star: ['path', { d: 'M15 2v8M11 6h8M12.2 3.2l5.6 5.6M17.8 3.2l-5.6 5.6' }],
    crossRot: ['path', { d: 'M12 3l6 6M18 3l-6 6' }],
  };
  const line: [string, Record<string, string>] = ['path', { d: 'M0 6H30', 'stroke-dasharray': dash.join(' ') }];
  if (world === undefined) return svg(attributes, line, shapes[point]);
  return svg({ ...attributes, class: `${attributes.class} ${world}` }, world === 'simulator' ? line : shapes[point]);
}
