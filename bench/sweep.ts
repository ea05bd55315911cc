import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runSweep, type Sweep } from '../src/sandbox/run-sweep';
import { cores } from '../src/sandbox/cores.node';
import { startWorker } from '../src/sandbox/start-worker.node';
import { atLeast, atMost, figure, median, type Row } from './row';

/** Bundled by run.mjs beside the table. */
const WORKER = join(__dirname, 'worker.cjs');
const PAIRS = 3;
/** Of the time of all cores; the rest is for starting the workers, and for the last run, which one of them makes alone. */
const AT_WORK = 0.85;
/** CPU time beside that of one worker: each worker has to be started, and V8 has to compile the engine anew in it. */
const TOLL = 1.25;

/** What a sweep took, in seconds: on the clock, and of all cores together. */
interface Usage {
  seconds: number;
  cpu: number;
}

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

/**
 * Whether all cores are at work in a sweep, and for its sake; one worker and all in turn, so that both meet the same moods of
 * the machine. How many times as fast they are is no aim of its own: with one worker, too, the host takes in reports and V8
 * collects garbage on a second core.
 */
export async function* sweepRows(): AsyncGenerator<Row> {
  const resolve = createRequire(`${process.cwd()}/package.json`).resolve;
  const quickjs = await WebAssembly.compile(readFileSync(resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm')));
  const measure = async (workers: number) => {
    const start = performance.now();
    const before = process.cpuUsage();
    let reports = 0;
    const onReport = () => reports++;
    const onFailure = ({ message }: { message: string }) => console.error(message);
    const outcome = await runSweep(sweep, { start: () => startWorker(WORKER), quickjs, workers, onReport, onFailure });
    if (outcome.kind !== 'done' || reports !== sweep.techniques.length) throw new Error(`The sweep failed: ${JSON.stringify(outcome)}`);
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
  };
  await measure(cores());
  const pairs: { one: Usage; all: Usage }[] = [];
  for (let i = 0; i < PAIRS; i++) pairs.push({ one: await measure(1), all: await measure(cores()) });
  const of = (get: (pair: { one: Usage; all: Usage }) => number) => median(pairs.map(get));
  yield figure('1,000 experiments of 64 MiB, one worker', of(({ one }) => one.seconds), 's');
  yield figure(`1,000 experiments of 64 MiB, ${cores()} cores`, of(({ all }) => all.seconds), 's');
  yield figure('all cores: times as fast', of(({ one, all }) => one.seconds / all.seconds), '×');
  yield atLeast('all cores: share of their time at work', of(({ all }) => all.cpu / all.seconds / cores()), '', AT_WORK);
  yield atMost('all cores: CPU time beside that of one worker', of(({ one, all }) => all.cpu / one.cpu), '×', TOLL);
}
