import { chooseAccelerator } from './accelerator';
import { checkMemory, needQemu } from './host';
import { limitFor } from './limit';
import { planOf, type Plan, type RealRun } from './mapping';
import { Migration } from './migrate';
import type { Observations } from './observations';
import { QemuError } from './qemu-error';
import { Link } from './relay';
import { reportOf } from './report';
import type { QemuOptions, QemuRun } from './run';
import { Scratch } from './scratch';

/** Post-copy needs memory files on a file system of memory: userfaultfd(2) serves no others. */
const SHARED_MEMORY = '/dev/shm';

/** One after the other, or all at once over the link that they share. */
export type Order = 'serial' | 'parallel';

export interface SeveralRuns {
  /** In the order of what was asked for. */
  readonly runs: readonly QemuRun[];
  /** How long migrations were under way, seconds. What we do between two of them does not count. */
  readonly totalSeconds: number;
}

/** Migrates several guests over one link. All of them run from the beginning. Throws a `QemuError` with one sentence. */
export async function severalOnQemu(asked: readonly RealRun[], order: Order, options: QemuOptions = {}): Promise<SeveralRuns> {
  const { signal, progress, inspect } = options;
  const plans = asked.map(planOf);
  const link = sharedLink(plans);
  const { path: qemu } = await needQemu(options.qemu);
  const accelerator = options.accelerator ?? (await chooseAccelerator(qemu));
  await checkMemory(plans.map(({ program }) => program.memoryBytes));
  const limits = plans.map((plan) => options.limitSeconds ?? limitFor(plan) * (order === 'parallel' ? plans.length : 1));
  signal?.throwIfAborted();
  const scratch = await Scratch.make(inspect && SHARED_MEMORY);
  const migrations: Migration[] = [];
  try {
    for (const [i, plan] of plans.entries()) {
      const own = { qemu, accelerator, scratch, link, signal, progress, inspect, limitSeconds: limits[i]!, name: `g${i}` };
      migrations.push(await Migration.prepare(plan, own));
    }
    const observed = order === 'parallel' ? await all(migrations) : await oneByOne(migrations);
    const totalSeconds = order === 'parallel' ? spanOf(observed) : observed.reduce((sum, each) => sum + spanOf([each]), 0);
    return { runs: observed.map((each, i) => runOf(plans[i]!, each)), totalSeconds };
  } finally {
    await Promise.all(migrations.map((migration) => migration.close()));
    await scratch.remove();
  }
}

/** From the start of the first migration to the end of the last, seconds. */
function spanOf(observed: readonly Observations[]): number {
  return Math.max(...observed.map(({ endedAt }) => endedAt)) - Math.min(...observed.map(({ startedAt }) => startedAt));
}

async function oneByOne(migrations: readonly Migration[]): Promise<Observations[]> {
  const observed: Observations[] = [];
  for (const migration of migrations) observed.push(await migration.run());
  return observed;
}

/** Nobody is left running when one fails. */
async function all(migrations: readonly Migration[]): Promise<Observations[]> {
  return Promise.all(migrations.map((migration) => migration.run()));
}

function runOf(plan: Plan, observed: Observations): QemuRun {
  return {
    report: reportOf(plan, observed),
    queryMigrate: observed.polls.at(-1)?.info ?? {},
    remarks: [...plan.remarks, ...busyRemark(plan, observed)],
  };
}

/** The guest's program keeps its rate to a per cent or two where it gets its CPU. */
const SLOW = 0.95;

function busyRemark({ program: { writesPerSecond, pattern } }: Plan, { undisturbedRate }: Observations): string[] {
  // A guest that writes each page once may have finished before it was measured.
  if (pattern === 'once' || undisturbedRate >= SLOW * writesPerSecond) return [];
  const percent = Math.round((100 * undisturbedRate) / writesPerSecond);
  return [`This computer is busy, or too slow: before the migration the guest wrote at ${percent} % of its rate. Trust pages and bytes more than times.`];
}

/** The one link that all of them ask for; undefined: the computer's own. */
function sharedLink(plans: readonly Plan[]): Link | undefined {
  const [first, ...others] = plans.map(({ link }) => link);
  const differs = others.some(
    (other) => other?.bytesPerSecond !== first?.bytesPerSecond || other?.latencySeconds !== first?.latencySeconds,
  );
  if (differs) throw new QemuError('Guests that are migrated together share one link: give all of them the same `link`.');
  return first && new Link(first.bytesPerSecond, first.latencySeconds);
}
