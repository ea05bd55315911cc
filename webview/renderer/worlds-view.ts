import { capital } from '../../src/protocol/quantities';
import type { ReportOutput } from '../../src/protocol/outputs';
import { element } from './dom';
import { sentence } from './prose';
import { table, tableToggle } from './table';

/** A longer table is unfolded by whoever wants it. */
const MOST_ROWS = 24;

/** By how much the simulator is off, and what is to be said of the experiment and of the real machines. */
export function worldsSection({ differences, remarks = [] }: ReportOutput): HTMLElement[] {
  const list = remarks.map((remark) => element('li', {}, ...sentence(remark)));
  return [
    ...(differences
      ? [
          element(
            'section',
            { class: 'differences' },
            element('p', { class: 'lesser finding' }, differences.finding),
            differences.table.rows.length > MOST_ROWS
              ? tableToggle(differences.table.caption, differences.table)
              : table(differences.table),
          ),
        ]
      : []),
    ...(list.length > 0 ? [element('ul', { class: 'remarks' }, ...list)] : []),
  ];
}

/** QEMU's own words, folded away: few ask for them, but they are the source. */
export function queryMigrate({ runs }: ReportOutput): HTMLElement[] {
  const told = runs.filter((run) => run.queryMigrate !== undefined);
  if (told.length === 0) return [];
  const blocks = told.flatMap((run) => {
    const text = JSON.stringify(run.queryMigrate, undefined, 2);
    const name = `query-migrate, ${run.label}`;
    return [
      ...(told.length > 1 ? [element('p', { class: 'lesser' }, `${capital(run.label)}:`)] : []),
      // Focusable, so that it can be scrolled by keyboard.
      element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': name }, element('pre', {}, text)),
    ];
  });
  return [element('details', {}, element('summary', {}, 'What QEMU itself says (query-migrate)'), ...blocks)];
}
