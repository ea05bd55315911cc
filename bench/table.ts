/**
 * The performance table: `npm run bench`, `npm run bench -- --json`, `npm run bench -- engine` for some of it.
 *
 * Machines differ and drift, so what is judged is a ratio of two things measured side by side in this one run;
 * plain times and sizes are shown without an aim. The one exception is a check, for which a learner waits.
 */
import { engineRows, runHuge } from './engine';
import type { Row } from './row';
import { sandboxRows } from './sandbox';
import { sizeRows } from './sizes';
import { sweepRows } from './sweep';

const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const json = process.argv.includes('--json');

async function table(): Promise<void> {
  const rows: Row[] = [];
  const measures = { engine: engineRows, sandbox: sandboxRows, sweep: sweepRows, sizes: sizeRows };
  for (const [name, measure] of Object.entries(measures)) {
    if (only.length > 0 && !only.includes(name)) continue;
    for await (const row of measure()) {
      rows.push(row);
      if (!json) console.log(line(row));
    }
  }
  if (json) console.log(JSON.stringify(rows, undefined, 2));
}

function line({ name, value, unit, aim, met }: Row): string {
  const judged = aim === null ? '' : `aim ${aim} ${met ? '✔' : '✘'}`;
  return `${name.padEnd(72)} ${value.toPrecision(4).padStart(10)} ${unit.padEnd(8)} ${judged}`;
}

if (process.argv.includes('--huge')) runHuge();
else void table();
