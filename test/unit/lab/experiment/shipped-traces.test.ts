import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { simulate } from '../../../../src/engine';
import { expand, INSTALLED, installedWith, parseExperiment, simulationOf, tracesNamedIn } from '../../../../src/lab/experiment';
import { SHIPPED_TRACES } from '../../../../src/lab/experiment/shipped-traces';
import { checkTrace } from '../../../../src/engine/trace/check-trace';
import type { Trace } from '../../../../src/engine/trace/trace';
import { savingShare, sharedShare, statisticsOf } from '../../../../src/qemu/record/statistics';
import { percent, traceRow } from '../../../../src/qemu/record/trace-table';
import type { FromWorker } from '../../../../src/protocol/worker';
import { jobDoer } from '../../../../src/sandbox/do-job';

const folder = 'media/traces';
const names = Object.keys(SHIPPED_TRACES);
const files = Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}.vmtrace`)]));
const installed = installedWith(files);
const traceOf = (name: string): Trace => installed.traces.get(name)!;

describe('the traces that come with the lab', () => {
  it('are those in media/traces, all of the size that is said of them, and small', () => {
    expect(readdirSync(folder).filter((file) => file.endsWith('.vmtrace')).sort()).to.deep.equal(names.map((name) => `${name}.vmtrace`).sort());
    for (const [name, pages] of Object.entries(SHIPPED_TRACES)) expect(traceOf(name).start.classes, name).to.have.length(pages);
    const bytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    expect(bytes).to.be.below(6 * 2 ** 20);
  });

  for (const name of names) {
    describe(name, () => {
      it('can be read, says how it was made, and is what a trace has to be', () => {
        const trace = traceOf(name);
        checkTrace(trace);
        expect(trace.about.name).to.equal(name);
        expect(trace.about.recording).to.match(/QEMU 7\.2.*-icount shift=0.*(all samples exact|samples a tick or more late)/);
        expect(Object.keys(trace.about.versions)).to.include.members(['qemu', 'linux']);
        expect(trace.about.basis.writes).to.equal('estimated');
        expect(trace.intervalSeconds).to.equal(0.1);
      });

      it('is a workload that can be migrated', () => {
        const text = `guest: { workload: ${name} }\ntechnique: pre-copy`;
        const [run] = expand(parseExperiment(text, installed).experiment!, installed);
        const { scenario, strategy } = simulationOf(run!);
        const report = simulate(scenario, strategy);
        expect(report.violations).to.deep.equal([]);
        expect(scenario.guest.pages).to.equal(65_536);
        // Zero pages cost next to nothing, and every other page goes over the link at least once.
        const nonZero = traceOf(name).start.classes.filter((contentClass) => contentClass !== 0).length;
        expect(report.pagesSent).to.be.at.least(65_536);
        expect(report.transferredBytes).to.be.above(nonZero * 4096 * 0.99);
      });
    });
  }

  it('have the figures that docs/traces.md says', () => {
    const page = readFileSync('docs/traces.md', 'utf8');
    const traces = names.map(traceOf);
    for (const trace of traces) expect(page).to.include(traceRow(trace, files[trace.about.name]!.length, traces));
    const four = ['idle-linux', 'redis', 'nginx', 'sqlite'].map(traceOf);
    expect(page).to.include(`save ${percent(savingShare(four))}`);
  });

  // What was measured before on guests of the same kind, one run each: twice as much or half of it is another workload.
  const expected = {
    'idle-linux': { dirty: 20, zero: 0.79, shared: 0.39 },
    redis: { dirty: 1638, zero: 0.68, shared: 0.33 },
    nginx: { dirty: 653, zero: 0.74, shared: 0.41 },
    sqlite: { dirty: 1379, zero: 0.7, shared: 0.3 },
  };
  for (const [name, { dirty, zero, shared }] of Object.entries(expected)) {
    it(`are plausible: ${name}`, () => {
      const { dirtyMedian, zeroShare } = statisticsOf(traceOf(name));
      expect(dirtyMedian).to.be.within(dirty / 2, dirty * 2);
      expect(zeroShare).to.be.within(zero - 0.1, zero + 0.1);
      const others = Object.keys(expected).filter((other) => other !== name);
      expect(sharedShare(traceOf(name), others.map(traceOf))).to.be.within(shared - 0.12, shared + 0.12);
    });
  }

  it('reach the worker that simulates them', async () => {
    const said: FromWorker[] = [];
    const obey = jobDoer((message) => said.push(message));
    const experiment = 'guest: { workload: redis }\ntechnique: stop-and-copy';
    const quickjs = undefined as unknown as WebAssembly.Module;
    await obey({ kind: 'job', job: { kind: 'simulate', experiment, files: {}, traces: { redis: files['redis']! } }, quickjs });
    await obey({ kind: 'run', run: 0 });
    expect(said.map(({ kind }) => kind)).to.deep.equal(['done', 'begun', 'report', 'done']);
  });

  it('name themselves in experiments, and in sweeps', () => {
    const experiment = (text: string) => parseExperiment(text).experiment!;
    expect(tracesNamedIn(experiment('guest: { workload: redis }'))).to.deep.equal(['redis']);
    expect(tracesNamedIn(experiment('sweep: { guest.workload: [idle, sqlite, redis] }'))).to.deep.equal(['sqlite', 'redis']);
    expect(tracesNamedIn(experiment('seed: 1'))).to.deep.equal([]);
  });

  it('can be named without their files, and cannot be simulated without', () => {
    expect(INSTALLED.traces.get('redis')!.pageCount).to.equal(65_536);
    expect(() => INSTALLED.traces.get('redis')!.intervals).to.throw('The recorded trace redis was not loaded.');
  });
});
