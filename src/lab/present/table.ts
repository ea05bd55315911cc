import type { Exhibit, Table } from '../../protocol/outputs';

/** A table from objects: one column for each title, with how its cell is written. */
export function tableOf<T>(caption: string, items: readonly T[], columns: readonly Column<T>[]): Table {
  return {
    caption,
    columns: columns.map(({ title, numeric = false }) => ({ title, numeric })),
    rows: items.map((item) => columns.map((column) => column.cell(item))),
  };
}

export interface Column<T> {
  title: string;
  numeric?: boolean;
  cell(item: T): string;
}

/** A finding and its table in GitHub's Markdown. */
export function exhibitMarkdown({ finding, table }: Exhibit): string {
  const said = escapeMarkdown(finding);
  return table.rows.length > 0 ? `${said}\n\n${tableMarkdown(table)}` : said;
}

export function tableMarkdown({ columns, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((c) => escapeMarkdown(c.title))),
    line(columns.map((c) => (c.numeric ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(escapeMarkdown))),
  ].join('\n');
}

/** For a terminal: columns aligned by spaces. */
export function tableText({ columns, rows }: Table): string {
  const all = [columns.map((c) => c.title), ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const line = (row: string[]) =>
    row
      .map((cell, i) => (columns[i]?.numeric ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n').replaceAll('\u00a0', ' ');
}

/** Names of files and messages of learners' code are text, never markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~]/g, (c) => `\\${c}`).replace(/\s*[\r\n]+\s*/g, ' ');
}

/** Sentences of the course and of the grader: text in which only `code` is markup. */
export function escapeProse(text: string): string {
  const parts = text.split(/(`[^`\n]+`)/);
  return parts.map((part, i) => (i % 2 === 1 ? part.replaceAll('|', '\\|') : escapeMarkdown(part))).join('');
}
