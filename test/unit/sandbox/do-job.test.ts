import { expect } from 'chai';
import type { FromWorker } from '../../../src/protocol/worker';
import { EventLines } from '../../../src/sandbox/event-lines';
import { jobDoer } from '../../../src/sandbox/do-job';
import { compileQuickJs } from './start-runner';

const STRATEGY = `
export default function* (m) {
  let pages = m.guest.allPages();
  for (let round = 1; round <= 4; round++) { yield m.send(pages); pages = m.syncDirty(); }
  m.pause();
  yield m.send(pages.union(m.syncDirty()));
  yield m.sendState();
  m.resumeAtDestination();
}`;
const GUEST = 'guest: { memory: 4 MiB, writes: 16 MiB/s, workingSet: 2 MiB, changed: 8 B }\nlink: 100 Mbit/s\ndowntimeLimit: 10 ms\n';

describe('a simulation in a worker', () => {
  let quickjs: WebAssembly.Module;
  before(async () => (quickjs = await compileQuickJs()));

  /** What the worker says of all runs of an experiment. */
  async function said(experiment: string, runs: number, events = false): Promise<FromWorker[]> {
    const messages: FromWorker[] = [];
    const obey = jobDoer((message) => messages.push(message));
    await obey({ kind: 'job', job: { kind: 'simulate', experiment, files: { './a.ts': STRATEGY }, events }, quickjs });
    for (let run = 0; run < runs; run++) await obey({ kind: 'run', run });
    return messages;
  }
  const reportsIn = (messages: FromWorker[]) => messages.flatMap((one) => (one.kind === 'report' ? one.report : []));

  it('runs techniques and files with their presets and optimisations, and names them', async () => {
    const compare = '[pre-copy, ./a.ts, { use: pre-copy, with: [xbzrle] }, { use: ./a.ts, with: [xbzrle], preset: qemu }]';
    const reports = reportsIn(await said(`${GUEST}compare: ${compare}`, 4));
    expect(reports.map(({ technique }) => technique)).to.deep.equal([
      'pre-copy',
      './a.ts',
      'pre-copy + xbzrle',
      './a.ts (qemu) + xbzrle',
    ]);
    expect(reports.map(({ pagesByEncoding }) => (pagesByEncoding.xbzrle ?? 0) > 0)).to.deep.equal([false, false, true, true]);
    expect(reports.map(({ tracking }) => tracking.mechanism)).to.deep.equal(['none', 'none', 'none', 'kvm-bitmap']);
  });

  it('tells the events of a run before its report, and none unless they are wanted', async () => {
    for (const technique of ['pre-copy', './a.ts']) {
      const messages = await said(`${GUEST}technique: ${technique}`, 1, true);
      const kinds = messages.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1]);
      expect(kinds).to.deep.equal(['done', 'begun', 'events', 'report', 'done']);
      const lines = messages.flatMap((one) => (one.kind === 'events' ? one.lines : []));
      const names = lines.map((line) => (JSON.parse(line) as { event: string }).event);
      expect([names[0], names.at(-1)]).to.deep.equal(['started', 'ended']);
      const silent = await said(`${GUEST}technique: ${technique}`, 1);
      expect(silent.map(({ kind }) => kind)).to.deep.equal(['done', 'begun', 'report', 'done']);
      expect(reportsIn(silent)).to.deep.equal(reportsIn(messages));
    }
  });

  it('shows that it is alive while a run goes on for long', async () => {
    const messages = await said('guest: { memory: 4 GiB, workload: idle }\nlink: 100 Gbit/s\ntechnique: post-copy\n', 1);
    // 4 GiB in steps of 64 pages are 16,384 of them, and the state: one sign at the start, and one for each 256.
    const signs = new Array<string>(1 + 64).fill('begun');
    expect(messages.map(({ kind }) => kind)).to.deep.equal(['done', ...signs, 'report', 'done']);
  });

  it('gives up on more events than anybody reads, and starts anew with each run', () => {
    const told = new EventLines();
    for (let i = 0; i <= 1_000_000; i++) told.log({ seconds: 0, event: 'pause' });
    expect(told.refusal).to.match(/^The run has more than 1000000 events: /);
    told.log({ seconds: 0, event: 'started', guestPages: 1, linkBytesPerSecond: 1, seed: 1 });
    expect(told.refusal).to.equal(undefined);
    expect([...told.pieces()].flat()).to.have.length(1);
  });
});
