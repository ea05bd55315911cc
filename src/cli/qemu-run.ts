import { expand, parseExperiment, type Run } from '../lab/experiment';
import type { RunReport } from '../lab/present/findings';
import { reportOutput, reportText } from '../lab/present/report-output';
import { planOf } from '../qemu/mapping';
import { QemuError } from '../qemu/qemu-error';
import type { QemuRun } from '../qemu/run';
import { severalOnQemu } from '../qemu/several';
import { needQemu } from '../qemu/host';
import { HostError, Interrupted, UsageError } from './exit';
import { readInput } from './input';
import { ProgressLine } from './progress-line';
import { place } from './simulate';

export interface QemuRunOptions {
  json?: true;
  queryMigrate?: true;
  /** Where QEMU is; default: the first one in PATH. */
  qemu?: string;
  seed?: number;
  /** How many guests of this kind are migrated over the link. */
  guests: number;
  /** All of them at once, instead of one after the other. */
  parallel?: true;
}

/** `vmlab qemu run EXPERIMENT`: the runs of an experiment on real QEMU, one after the other. */
export async function qemuRun(file: string, options: QemuRunOptions): Promise<void> {
  const { experiment, problems } = parseExperiment(await readInput(file));
  if (!experiment) throw new UsageError(problems.map((problem) => place(file, problem)).join('\nvmlab: '));
  const { seed } = options;
  const runs = expand(seed === undefined ? experiment : { ...experiment, settings: { ...experiment.settings, seed } });
  // What cannot be done is said before anything is.
  await blaming(UsageError, async () => runs.forEach(planOf));
  await blaming(HostError, async () => {
    await needQemu(options.qemu);
    await interruptible((signal) => runAll(runs, options, signal));
  });
}

/** Whose fault it is, if it does not work: the document's or this computer's. */
async function blaming(Blamed: new (message: string) => Error, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof QemuError ? new Blamed(error.message) : error;
  }
}

async function runAll(runs: readonly Run[], options: QemuRunOptions, signal: AbortSignal): Promise<void> {
  const line = new ProgressLine(process.stderr);
  const kept: RunReport[] = [];
  const said = new Set<string>();
  try {
    for (const [i, run] of runs.entries()) {
      const progress = ({ phase, done, total }: { phase: string; done: number; total: number }) =>
        line.tell(`${i + 1} of ${runs.length}: ${run.label}: ${phase} ${Math.floor((100 * done) / total)} %`);
      const order = options.parallel ? 'parallel' : 'serial';
      const several = await severalOnQemu(guestsOf(run, options.guests), order, { qemu: options.qemu, signal, progress });
      line.clear();
      for (const [guest, made] of several.runs.entries()) {
        for (const remark of made.remarks.filter((each) => !said.has(each))) console.error(remark);
        for (const remark of made.remarks) said.add(remark);
        const document = documentOf(made, run, options);
        if (document) console.log(JSON.stringify(options.guests > 1 ? { ...document, guest: guest + 1 } : document));
        const suffix = options.guests > 1 ? `, guest ${guest + 1}` : '';
        const report = { ...made.report, technique: `${made.report.technique}${suffix}` };
        if (!document) kept.push({ report, label: `${run.label}${suffix}`, point: { ...run.point }, world: 'qemu' });
      }
      if (options.guests > 1) {
        const how = options.parallel ? 'at once' : 'one after the other';
        console.error(`${run.label}: ${options.guests} guests ${how} took ${several.totalSeconds.toFixed(2)} s.`);
      }
    }
  } finally {
    line.clear();
  }
  if (kept.length > 0) console.log(reportText(reportOutput(kept)));
}

/** Guests of the same kind, each with chances of its own. */
function guestsOf(run: Run, count: number): Run[] {
  const { scenario } = run;
  return Array.from({ length: count }, (_, i) => ({ ...run, scenario: { ...scenario, seed: (scenario.seed + i) % 2 ** 32 } }));
}

/** What is printed as soon as a run is over; undefined if all of them are printed together in the end. */
function documentOf({ report, queryMigrate, remarks }: QemuRun, { point }: Run, options: QemuRunOptions): object | undefined {
  if (options.queryMigrate) return queryMigrate;
  if (!options.json) return undefined;
  return { ...report, ...(Object.keys(point).length > 0 && { point }), queryMigrate, remarks };
}

/** Ctrl-C ends the work, and everything that it started. */
async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new Interrupted());
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupt);
  try {
    await work(abort.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupt);
  }
}
