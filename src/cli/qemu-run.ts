import { expand, type Run } from '../lab/experiment';
import { failedRun, withFailed, type FailedRun } from '../lab/present/failed-runs';
import type { RunReport } from '../lab/present/findings';
import { reportOutput, reportText } from '../lab/present/report-output';
import { limitFor } from '../qemu/limit';
import { planOf } from '../qemu/mapping';
import { QemuError } from '../qemu/qemu-error';
import type { QemuRun } from '../qemu/run';
import { severalOnQemu } from '../qemu/several';
import { needQemu } from '../qemu/host';
import { HostError, UsageError } from './exit';
import { readExperiment, type ReadExperiment } from './experiment-file';
import { failedDocument, failedQueryMigrate, throwFailures } from './failed-runs';
import { print, printJson, remark, visibleIn } from './printed';
import { ProgressLine } from './progress-line';
import { interruptible } from './signals';

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
  const read = await readExperiment(file, options.seed);
  const runs = expand(read.experiment);
  // What cannot be done is said before anything is.
  refuseImpossible(runs, read);
  await needQemu(options.qemu).catch(blameHost);
  throwFailures(await interruptible((signal) => runAll(runs, options, signal)));
}

/** Throws a UsageError about the first run that real QEMU cannot make, with its place in the document. */
function refuseImpossible(runs: readonly Run[], { places, experiment }: ReadExperiment): void {
  for (const [i, run] of runs.entries()) {
    try {
      limitFor(planOf(run));
    } catch (error) {
      if (!(error instanceof QemuError)) throw error;
      // The runs of a point of the sweep are its techniques.
      const number = i % experiment.techniques.length;
      const nodes = error.keys.flatMap((key) => [
        ...(key === 'preset' ? [places.technique(number, 'preset')] : []),
        key === 'technique' ? places.technique(number) : places.setting(key, run.point),
      ]);
      throw new UsageError(`${places.of(...nodes, places.technique(number))}: ${error.message}`);
    }
  }
}

function blameHost(error: unknown): never {
  throw error instanceof QemuError ? new HostError(error.message) : error;
}

/** Makes all runs and prints what comes of them; resolves with those that failed. */
async function runAll(runs: readonly Run[], options: QemuRunOptions, signal: AbortSignal): Promise<FailedRun[]> {
  const line = new ProgressLine(process.stderr);
  const kept: RunReport[] = [];
  const failed: FailedRun[] = [];
  const said = new Set<string>();
  const show = () => {
    line.clear();
    if (kept.length > 0) print(reportText(withFailed(reportOutput(visibleIn(kept)), visibleIn(failed))));
  };
  /** A row in the table for each guest. */
  let rows = 0;
  for (const [i, run] of runs.entries()) {
    const progress = ({ phase, done, total }: { phase: string; done: number; total: number }) =>
      line.tell(`${i + 1} of ${runs.length}: ${run.label}: ${phase} ${Math.floor((100 * done) / total)} %`);
    const order = options.parallel ? 'parallel' : 'serial';
    try {
      const several = await severalOnQemu(guestsOf(run, options.guests), order, { qemu: options.qemu, signal, progress });
      line.clear();
      for (const [guest, made] of several.runs.entries()) {
        for (const each of made.remarks.filter((one) => !said.has(one))) remark(each);
        for (const each of made.remarks) said.add(each);
        const document = documentOf(made, run, options);
        if (document) printJson(options.guests > 1 ? { ...document, guest: guest + 1 } : document);
        const suffix = options.guests > 1 ? `, guest ${guest + 1}` : '';
        const report = { ...made.report, technique: `${made.report.technique}${suffix}` };
        if (!document) kept.push({ report, label: `${run.label}${suffix}`, point: { ...run.point }, world: 'qemu' });
        rows++;
      }
      if (options.guests > 1) {
        const how = options.parallel ? 'at once' : 'one after the other';
        remark(`${run.label}: ${options.guests} guests ${how} took ${several.totalSeconds.toFixed(2)} s.`);
      }
    } catch (error) {
      line.clear();
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof QemuError)) {
        show();
        throw error;
      }
      const one = failedRun(rows++, run, { message: error.message, blame: 'infra' }, 'qemu');
      failed.push(one);
      // Where it is the only one, there are no results.
      if (runs.length > 1 && options.json) printJson(failedDocument(one));
      if (runs.length > 1 && options.queryMigrate) printJson(failedQueryMigrate(one));
    }
  }
  show();
  return failed;
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
