import { svg } from './dom';

const SHAPES = {
  pass: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm3.5 4.3L7 9.8 4.6 7.4l-1 1L7 11.8l5.5-5.5z',
  fail: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM5.6 4.6l-1 1L7 8l-2.4 2.4 1 1L8 9l2.4 2.4 1-1L9 8l2.4-2.4-1-1L8 7z',
  partial: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 1.5v11a5.5 5.5 0 0 0 0-11z',
  note: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM7.25 6.75v5h1.5v-5zM7.25 4v1.5h1.5V4z',
} as const;

export type IconName = keyof typeof SHAPES;

/** Beside words that say the same; so nothing is lost where it is not seen. */
export function icon(name: IconName): SVGSVGElement {
  const attributes = { class: `icon ${name}`, viewBox: '0 0 16 16', width: '16', height: '16' };
  return svg(attributes, ['path', { d: SHAPES[name], 'fill-rule': 'evenodd' }]);
}
