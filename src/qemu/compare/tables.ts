import { tableOf, type Column } from '../../lab/present/table';
import type { Table } from '../../protocol/outputs';
import { QUIET, type CellComparison, type Comparison, type Errors, type Figure, type Summary, type Verdict } from './comparison';

const percent = (fraction: number, digits = 1): string => (Number.isNaN(fraction) ? '–' : `${(100 * fraction).toFixed(digits)} %`);
const signed = (fraction: number): string => `${fraction > 0 ? '+' : ''}${percent(fraction)}`;
const milliseconds = (seconds: number): string => (Number.isNaN(seconds) ? '–' : `${Math.round(1000 * seconds)} ms`);
const spread = ({ least, most }: Pick<Figure, 'least' | 'most'>): string => `${Math.round(1000 * least)}–${Math.round(1000 * most)}`;

const WORDS: Record<Verdict, string> = { yes: 'yes', no: 'no', mixed: 'sometimes' };

/** A row for each cell. */
export function cellTable({ cells }: Comparison): Table {
  const figure = (title: string, cell: (one: CellComparison) => string | undefined): Column<CellComparison> => ({
    title, numeric: true, cell: (one) => cell(one) ?? '–',
  });
  return tableOf('Each cell in both worlds (medians)', cells, [
    { title: 'cell', cell: ({ name }) => name },
    { title: 'converges: QEMU, simulator', cell: ({ verdict }) => `${WORDS[verdict.real]}, ${WORDS[verdict.simulated]}` },
    figure('total, QEMU', ({ figures }) => figures && milliseconds(figures.totalSeconds.real)),
    figure('least–most', ({ figures }) => figures && spread(figures.totalSeconds)),
    figure('simulator', ({ figures }) => figures && milliseconds(figures.totalSeconds.simulated)),
    figure('error', ({ figures }) => figures && signed(figures.totalSeconds.error)),
    figure('… from the first page', ({ figures }) => figures && signed(figures.pagesSeconds.error)),
    figure('downtime, QEMU', ({ downtime }) => downtime && milliseconds(downtime.real)),
    figure('least–most', ({ downtime }) => downtime && spread(downtime)),
    figure('simulator', ({ downtime }) => downtime && milliseconds(downtime.simulated)),
    figure('pages', ({ figures }) => figures && signed(figures.pagesSent.error)),
    figure('bytes', ({ figures }) => figures && signed(figures.transferredBytes.error)),
    figure('rate kept', ({ rateKept }) => percent(rateKept, 0)),
    figure('load', ({ load }) => load.toFixed(1)),
    { title: 'repeats', cell: ({ isQuiet, figures }) => (figures ? (isQuiet ? 'yes' : 'no') : '–') },
  ]);
}

interface Row {
  readonly what: string;
  readonly median: string;
  readonly ninetieth: string;
  readonly noise: string;
}

/** Errors over the cells in which reality repeated itself, and over the others. */
export function summaryTables({ quiet, noisy }: Comparison): Table[] {
  return [
    summaryTable(`Cells in which QEMU repeats itself to ${100 * QUIET} %: ${quiet.cells}`, quiet),
    summaryTable(`The other cells: ${noisy.cells}`, noisy),
  ];
}

function summaryTable(caption: string, { errors, downtimeSeconds, postcopyDowntimeSeconds, noise }: Summary): Table {
  const row = (what: string, error: Errors, beside: Errors): Row => ({
    what, median: percent(error.median, 2), ninetieth: percent(error.ninetieth, 2), noise: percent(beside.median, 2),
  });
  const seconds = (what: string, { median, ninetieth }: Errors): Row => ({
    what, median: milliseconds(median), ninetieth: milliseconds(ninetieth), noise: '',
  });
  const rows: Row[] = [
    row('total time', errors.totalSeconds, noise.totalSeconds),
    row('… from the first page on', errors.pagesSeconds, noise.pagesSeconds),
    row('bytes', errors.transferredBytes, noise.transferredBytes),
    row('pages', errors.pagesSent, noise.pagesSent),
    seconds('downtime', downtimeSeconds),
    seconds('silence after post-copy', postcopyDowntimeSeconds),
  ];
  return tableOf(caption, rows, [
    { title: 'the simulator’s error', cell: ({ what }) => what },
    { title: 'median', numeric: true, cell: (one) => one.median },
    { title: '90th percentile', numeric: true, cell: (one) => one.ninetieth },
    { title: 'QEMU’s own spread (median)', numeric: true, cell: (one) => one.noise },
  ]);
}

/** What can be said in two sentences. */
export function verdictText({ verdicts, quiet, noisy }: Comparison): string {
  const cells = quiet.cells + noisy.cells;
  return (
    `The simulator’s verdict on convergence is QEMU’s in ${verdicts.same} of ${verdicts.of} cells. ` +
    `Its total time lies within what QEMU showed in ${quiet.withinSpread + noisy.withinSpread} of ${cells}.`
  );
}
