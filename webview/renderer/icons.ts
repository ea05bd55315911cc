import { svg } from './dom';

const SHAPES = {
  pass: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm3.500 4.300L7 9.800 4.600 7.400l-1 1L7 11.800l5.500-5.500z',
  fail: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM5.600 4.600l-1 1L7 8l-2.400 2.400 1 1L8 9l2.400 2.400 1-1L9 8l2.400-2.400-1-1L8 7z',
  partial: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 1.500v11a5.500 5.500 0 0 0 0-11z',
  note: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM7.250 6.750v5h1.500v-5zM7.250 4v1.500h1.500V4z',
} as const;

export type IconName = keyof typeof SHAPES;

/** Beside words that say the same; so nothing is lost where it is not seen. */
export function icon(name: IconName): SVGSVGElement {
  const attributes = { class: `icon ${name}`, viewBox: '0 0 16 16', width: '16', height: '16' };
  return svg(attributes, ['path', { d: SHAPES[name], 'fill-rule': 'evenodd' }]);
}
