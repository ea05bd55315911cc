import type { Table } from '../../src/protocol/outputs';
import { element } from './dom';

/** A real table, that screen readers can walk through and everybody can copy. Scrolls where it is too wide. */
export function table({ caption, columns, rows }: Table): HTMLElement {
  const align = (i: number) => (columns[i]?.numeric ? 'number' : undefined);
  const head = columns.map(({ title }, i) => element('th', { scope: 'col', class: align(i) }, title));
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...row.map((cell, i) =>
        i === 0 ? element('th', { scope: 'row', class: align(i) }, cell) : element('td', { class: align(i) }, cell),
      ),
    ),
  );
  const node = element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body),
  );
  // Focusable, so that it can be scrolled by keyboard.
  return element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption }, node);
}

/** Tables behind a toggle: the figures that the charts are drawn from. */
export function tableToggle(summary: string, ...tables: Table[]): HTMLElement {
  return element('details', {}, element('summary', {}, summary), ...tables.map(table));
}
