import { spawnSync } from 'node:child_process';
import { MECHANISMS, simulate, techniques, type GuestSpec, type Report, type Scenario } from '../src/engine';
import { Random } from '../src/engine/guest/random';
import { atLeast, atMost, figure, median, milliseconds, sideBySide, type Row } from './row';

const GIB = 262_144;

/** A guest of `gib` GiB, an eighth of it a hot-cold working set that is written and read at 64 MiB/s, on 1 Gbit/s for each GiB. */
function guest(gib: number, rest: Partial<GuestSpec> = {}): Scenario {
  return {
    guest: {
      pages: gib * GIB, workload: 'hot-cold', writesPerSecond: 16_384, readsPerSecond: 16_384,
      workingSetPages: (gib * GIB) / 8, zeroFraction: 0, vcpus: 4, stateBytes: 2 ** 20, ...rest,
    },
    link: { bytesPerSecond: gib * 125e6, latency: 1e-4 },
    downtimeLimit: 0.3,
    maxRounds: 30,
    seed: 1,
    ideal: false,
  };
}

/** Pages sent and pages written at the source. */
function eventsOf({ pagesSent, preparationSeconds }: Report, { guest: { writesPerSecond } }: Scenario): number {
  return pagesSent + Math.floor(preparationSeconds * writesPerSecond);
}

export function* engineRows(): Generator<Row> {
  yield* perEvent();
  for (const gib of [1, 64]) {
    for (const [name, strategy] of Object.entries(techniques)) {
      const times = Array.from({ length: gib === 1 ? 5 : 1 }, () => milliseconds(() => simulate(guest(gib), strategy)));
      yield figure(`${gib} GiB guest, ${name}`, median(times), 'ms');
    }
  }
  yield* besidePlainPreCopy();
  yield* growth();
  yield* huge();
}

/** So often that the compiler has done its work: a sweep of a thousand runs is what people wait for. */
function warmUp(work: () => void): void {
  for (let i = 0; i < 100; i++) work();
}

/** What an event (a page sent or written) costs, beside the least that one could do: set a random bit in a bitmap of the same size. */
function* perEvent(): Generator<Row> {
  const scenario = guest(1, { workload: 'random', writesPerSecond: 32_768 });
  let report!: Report;
  const run = () => (report = simulate(scenario, techniques['pre-copy']));
  warmUp(run);
  const events = eventsOf(report, scenario);
  const bitmap = new Uint32Array(GIB / 32);
  const random = new Random(1, 1);
  const bare = () => {
    for (let i = 0; i < events; i++) {
      const page = random.below(GIB);
      bitmap[page >>> 5]! |= 1 << (page & 31);
    }
  };
  const { a, b, ratio } = sideBySide(run, bare, 31);
  yield figure('pre-copy of 1 GiB with random writes: an event', (a * 1e6) / events, 'ns');
  yield figure('setting a random bit in a bitmap of the same size', (b * 1e6) / events, 'ns');
  yield atMost('ratio of the two', ratio, '×', 1);
  yield figure('pre-copy of 1 GiB with random writes as fast as the link: faster than the migration', (report.totalSeconds * 1000) / a, '×');
  const usual = guest(1);
  warmUp(() => simulate(usual, techniques['pre-copy']));
  const times = Array.from({ length: 301 }, () => milliseconds(() => (report = simulate(usual, techniques['pre-copy']))));
  const faster = (time: number) => (report.totalSeconds * 1000) / time;
  yield figure('pre-copy of 1 GiB, hot-cold: faster than the migration it simulates, median', faster(median(times)), '×');
  // How fast the engine is, and not what else the computer does meanwhile: that can only make it slower. (Where two cores
  // of a virtual machine are one, its moods last for seconds, and make a difference of one half.)
  yield atLeast('the same, fastest of 301', faster(Math.min(...times)), '×', 3000);
}

/** What else a run may have to do, beside pre-copy of the same guest with nothing of it. */
function* besidePlainPreCopy(): Generator<Row> {
  const plain = guest(1);
  const encodings = [{ kind: 'xbzrle', cachePages: 16_384, encodeSeconds: 1.8e-6 }] as const;
  const others: [string, Scenario, (typeof techniques)['pre-copy' | 'post-copy']][] = [
    ['post-copy', plain, techniques['post-copy']],
    ['pre-copy that pays for tracking (EPT write protection)', { ...plain, tracking: MECHANISMS['write-protect'] }, techniques['pre-copy']],
    ['pre-copy that looks at contents (XBZRLE)', { ...plain, stream: { encodings } }, techniques['pre-copy']],
    ['pre-copy with zero pages', guest(1, { zeroFraction: 0.4 }), techniques['pre-copy']],
  ];
  for (const [name, scenario, strategy] of others) {
    warmUp(() => simulate(scenario, strategy));
    const { ratio } = sideBySide(() => simulate(scenario, strategy), () => simulate(plain, techniques['pre-copy']), 31);
    yield atMost(`1 GiB: ${name}, beside plain pre-copy`, ratio, '×', 3);
  }
}

/** Linear growth: an event must cost the same in a guest a thousand times as large. */
function* growth(): Generator<Row> {
  const perEventOf = (gib: number, runs: number) => {
    const scenario = guest(gib, { writesPerSecond: 4096 * gib });
    let report!: Report;
    const times = Array.from({ length: runs }, () => milliseconds(() => (report = simulate(scenario, techniques['pre-copy']))));
    return (median(times) * 1e6) / eventsOf(report, scenario);
  };
  perEventOf(1, 9);
  const small = perEventOf(1, 15);
  for (const gib of [32, 1024]) yield atMost(`an event in ${gib} GiB, beside one in 1 GiB`, perEventOf(gib, 1) / small, '×', 3);
}

/** In a process of its own, so that its memory can be told from everybody else's. */
function* huge(): Generator<Row> {
  const { stdout } = spawnSync(process.execPath, [process.argv[1]!, '--huge'], { encoding: 'utf8' });
  const { seconds, mebibytes } = JSON.parse(stdout) as { seconds: number; mebibytes: number };
  const what = '1 TiB, 64 GiB of it written a million times a second, over 100 Gbit/s';
  yield atMost(`${what}: time`, seconds, 's', 5);
  yield atMost(`${what}: memory`, mebibytes, 'MiB', 512);
}

/** What `--huge` runs and prints. */
export function runHuge(): void {
  const scenario: Scenario = {
    ...guest(1024, { workload: 'random', writesPerSecond: 1_000_000, readsPerSecond: 0, workingSetPages: 64 * GIB }),
    link: { bytesPerSecond: 12.5e9, latency: 1e-4 },
  };
  let report!: Report;
  const seconds = milliseconds(() => (report = simulate(scenario, techniques['pre-copy']))) / 1000;
  if (report.violations.length > 0) throw new Error(report.violations[0]!.message);
  console.log(JSON.stringify({ seconds, mebibytes: process.resourceUsage().maxRSS / 1024 }));
}
