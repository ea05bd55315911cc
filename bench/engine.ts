import { simulate, techniques, type Report, type Scenario } from '../src/engine';
import { Random } from '../src/engine/guest/random';
import { figure, median, milliseconds, sideBySide, type Row } from './row';

const GIB = 262_144;

/** A guest of `gib` GiB, an eighth of it a hot-cold working set that is written and read at 64 MiB/s, on 1 Gbit/s for each GiB. */
function guest(gib: number): Scenario {
  return {
    guest: { pages: gib * GIB, workload: 'hot-cold', writesPerSecond: 16_384, readsPerSecond: 16_384, workingSetPages: (gib * GIB) / 8, zeroFraction: 0, vcpus: 4, stateBytes: 2 ** 20 },
    link: { bytesPerSecond: gib * 125e6, latency: 1e-4 },
    downtimeLimit: 0.3,
    maxRounds: 30,
    seed: 1,
    ideal: false,
  };
}

export function* engineRows(): Generator<Row> {
  yield* perEvent();
  for (const gib of [1, 64]) {
    for (const [name, strategy] of Object.entries(techniques)) {
      const times = Array.from({ length: gib === 1 ? 5 : 1 }, () => milliseconds(() => simulate(guest(gib), strategy)));
      yield figure(`${gib} GiB guest, ${name}`, median(times), 'ms');
    }
  }
}

/** What an event (a page sent or written) costs, beside the least that one could do: set a random bit in a bitmap of the same size. */
function* perEvent(): Generator<Row> {
  const scenario = { ...guest(1), guest: { ...guest(1).guest, workload: 'random', writesPerSecond: 32_768 } } as const;
  let report!: Report;
  const run = () => (report = simulate(scenario, techniques['pre-copy']));
  run();
  const events = report.pagesSent + Math.floor(report.preparationSeconds * scenario.guest.writesPerSecond);
  const bitmap = new Uint32Array(GIB / 32);
  const random = new Random(1, 1);
  const bare = () => {
    for (let i = 0; i < events; i++) {
      const page = random.below(GIB);
      bitmap[page >>> 5]! |= 1 << (page & 31);
    }
  };
  const { a, b, ratio } = sideBySide(run, bare);
  yield figure('pre-copy of 1 GiB with random writes: an event', (a * 1e6) / events, 'ns');
  yield figure('setting a random bit in a bitmap of the same size', (b * 1e6) / events, 'ns');
  yield figure('ratio of the two', ratio, '×');
  yield figure('pre-copy of 1 GiB: faster than the migration it simulates', (report.totalSeconds * 1000) / a, '×');
}
