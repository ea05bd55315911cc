import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runSweep, type Sweep } from '../src/sandbox/run-sweep';
import { cores } from '../src/sandbox/cores.node';
import { startWorker } from '../src/sandbox/start-worker.node';
import { atLeast, figure, median, type Row } from './row';

/** Bundled by run.mjs beside the table. */
const WORKER = join(__dirname, 'worker.cjs');
const PAIRS = 3;
/** Of what so many cores could give at best: the rest is for starting them, and for the host, which takes in the reports. */
const SHARE = 0.7;

const TECHNIQUES = ['stop-and-copy', 'demand-paging', 'post-copy', 'pre-copy', 'hybrid'];

/** 1,000 small experiments: five techniques at 200 rates of writing. */
const RATES = Array.from({ length: 200 }, (_, i) => `${8 + i / 4} MiB/s`);
const sweep: Sweep = {
  experiment: JSON.stringify({
    guest: { memory: '64 MiB', workload: 'hot-cold', reads: '16 MiB/s' },
    compare: TECHNIQUES,
    sweep: { 'guest.writes': RATES },
  }),
  files: {},
  techniques: RATES.flatMap(() => TECHNIQUES),
};

/** What all cores gain over one worker, in turn, so that both meet the same moods of the machine. */
export async function* sweepRows(): AsyncGenerator<Row> {
  const resolve = createRequire(`${process.cwd()}/package.json`).resolve;
  const quickjs = await WebAssembly.compile(readFileSync(resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm')));
  const seconds = async (workers: number) => {
    const start = performance.now();
    let reports = 0;
    const onReport = () => reports++;
    const onFailure = ({ message }: { message: string }) => console.error(message);
    const outcome = await runSweep(sweep, { start: () => startWorker(WORKER), quickjs, workers, onReport, onFailure });
    if (outcome.kind !== 'done' || reports !== sweep.techniques.length) throw new Error(`The sweep failed: ${JSON.stringify(outcome)}`);
    return (performance.now() - start) / 1000;
  };
  await seconds(cores());
  const pairs: { one: number; all: number }[] = [];
  for (let i = 0; i < PAIRS; i++) pairs.push({ one: await seconds(1), all: await seconds(cores()) });
  const ratio = median(pairs.map(({ one, all }) => one / all));
  const limit = Number((SHARE * cores()).toPrecision(3));
  yield figure('1,000 experiments of 64 MiB, one worker', median(pairs.map(({ one }) => one)), 's');
  yield figure(`1,000 experiments of 64 MiB, ${cores()} cores`, median(pairs.map(({ all }) => all)), 's');
  yield atLeast('all cores: times as fast', ratio, '×', limit);
}
