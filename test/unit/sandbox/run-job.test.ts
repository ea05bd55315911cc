import { build } from 'esbuild';
import { expect } from 'chai';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { course } from '../../../labs';
import { strategyTasks } from '../../../src/lab/course';
import type { RunReport } from '../../../src/lab/present/findings';
import type { Failure } from '../../../src/protocol/failure';
import type { CheckJob } from '../../../src/protocol/worker';
import type * as Sandbox from '../../../src/sandbox';
import { compileQuickJs } from './start-runner';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Copies a giant text again and again, which no budget counts. */
const ENDLESS_NATIVE = "export default function* f() { let s = ''; for (let i = 0; i < 1e7; i++) s = 'a' + s + s[5]; }";

describe('jobs in a worker thread', () => {
  let folder: string;
  let script: string;
  let sandbox: typeof Sandbox;
  let quickjs: WebAssembly.Module;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vmlab-sandbox-'));
    script = join(folder, 'worker.js');
    await bundle('src/sandbox/worker.node.ts', script);
    await bundle('src/sandbox/index.ts', join(folder, 'index.cjs'));
    sandbox = createRequire(import.meta.url)(join(folder, 'index.cjs'));
    quickjs = await compileQuickJs();
  });
  after(() => rmSync(folder, { recursive: true }));

  const question = course.questions[0];
  const task = strategyTasks(question).find(({ file }) => file.endsWith('post-copy.ts'))!;
  const check = (source: string): CheckJob => {
    return { kind: 'check', question: question.id, task: task.id, file: task.file, source, seed: 1 };
  };
  const reference = () => readFileSync(join(root, 'labs', question.id, 'reference/post-copy.ts'), 'utf8');

  async function run(job: CheckJob, options: Partial<Sandbox.JobOptions> = {}) {
    const messages: Sandbox.JobMessage[] = [];
    const outcome = await sandbox.runJob(job, {
      start: () => sandbox.startWorker(script),
      quickjs,
      onMessage: (message) => messages.push(message),
      ...options,
    });
    return { outcome, messages, last: messages.at(-1) };
  }

  it('checks a strategy', async () => {
    const { outcome, messages, last } = await run(check(reference()));
    expect(outcome).to.deep.equal({ kind: 'done' });
    expect(messages[0]).to.include({ kind: 'progress', done: 0 });
    expect(last).to.have.nested.property('verdict.outcome', 'pass');
  });

  it('does two jobs side by side, with the same verdict', async () => {
    const [one, other] = await Promise.all([run(check(reference())), run(check(reference()))]);
    expect(one.last).to.deep.equal(other.last);
    expect(one.last).to.have.nested.property('verdict.outcome', 'pass');
  });

  it('says that an endless strategy used up its budget', async () => {
    const { last } = await run(check('export default function* f() { for (;;); }'));
    expect(last).to.have.nested.property('verdict.outcome', 'limit');
  });

  it('says that a file has a mistake, and where', async () => {
    const { last } = await run(check('export default function* f(m) {\n  yield m.send(;\n}'));
    expect(last).to.have.nested.property('verdict.outcome', 'error');
    expect(last).to.deep.nested.include({ 'verdict.feedback.where': { line: 2, column: 16 } });
  });

  it('gives up a worker that says nothing any more', async () => {
    const { outcome } = await run(check(ENDLESS_NATIVE), { silenceSeconds: 2 });
    expect(outcome).to.include({ kind: 'failed', blame: 'infra' });
    expect(outcome).to.have.property('message').that.matches(/^Nothing was heard from the worker for 2 s/);
  });

  it('ends at once when it is aborted', async () => {
    const abort = new AbortController();
    const { outcome } = await run(check(ENDLESS_NATIVE), { signal: abort.signal, onMessage: () => abort.abort() });
    expect(outcome).to.deep.equal({ kind: 'aborted' });
    expect((await run(check(reference()), { signal: abort.signal })).outcome).to.deep.equal({ kind: 'aborted' });
  });

  it('says that the worker crashed, ended early, or is not there', async () => {
    const scripts = { crash: "throw new Error('crash')", exit: 'process.exit(7)', missing: undefined };
    const told: Record<string, string> = {};
    for (const [name, text] of Object.entries(scripts)) {
      const path = join(folder, `${name}.js`);
      if (text) writeFileSync(path, text);
      const { outcome } = await run(check(''), { start: () => sandbox.startWorker(path) });
      expect(outcome).to.include({ kind: 'failed', blame: 'infra' });
      told[name] = (outcome as { message: string }).message;
    }
    expect(told.crash).to.equal('The worker that was to do this failed: crash.');
    expect(told.exit).to.equal('The worker that was to do this failed: it ended early, with exit code 7.');
    expect(told.missing).to.match(/^The worker that was to do this failed: Cannot find module/);
  });

  async function simulate(sweep: Sandbox.Sweep, options: Partial<Sandbox.SweepOptions> = {}) {
    const reports: RunReport[] = [];
    const failures: Failure[] = [];
    let started = 0;
    const outcome = await sandbox.runSweep(sweep, {
      start: () => {
        started++;
        return sandbox.startWorker(script);
      },
      quickjs,
      workers: 1,
      onReport: (report) => reports.push(report),
      onFailure: (failure) => failures.push(failure),
      growth: (grow) => {
        grow();
        return () => {};
      },
      ...options,
    });
    return { outcome, reports, failures, started };
  }
  const rates = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1} MiB/s`);

  it('simulates techniques and files side by side, in order', async () => {
    const experiment = [
      'guest: { memory: 64 MiB }',
      'compare: [post-copy, ./mine.ts]',
      'sweep: { guest.writes: [1 MiB/s, 2 MiB/s] }',
    ].join('\n');
    const files = { './mine.ts': reference() };
    const both = ['post-copy', './mine.ts'];
    const { outcome, reports } = await simulate({ experiment, files, seed: 7, techniques: [...both, ...both] });
    expect(outcome).to.deep.equal({ kind: 'done' });
    expect(reports.map(({ report, point }) => [report.technique, report.seed, point['guest.writes']])).to.deep.equal([
      ['post-copy', 7, '1 MiB/s'],
      ['./mine.ts', 7, '1 MiB/s'],
      ['post-copy', 7, '2 MiB/s'],
      ['./mine.ts', 7, '2 MiB/s'],
    ]);
  });

  it('reports the same with three workers as with one, to the byte', async () => {
    const compared = ['stop-and-copy', 'demand-paging', 'pre-copy', './mine.ts'];
    const experiment = [
      'guest: { memory: 8 MiB, reads: 4 MiB/s }',
      `compare: [${compared.join(', ')}]`,
      `sweep: { guest.writes: [${rates(15).join(', ')}] }`,
    ].join('\n');
    const sweep = { experiment, files: { './mine.ts': reference() }, techniques: rates(15).flatMap(() => compared) };
    const [one, three] = [await simulate(sweep), await simulate(sweep, { workers: 3 })];
    expect([one.started, three.started]).to.deep.equal([1, 3]);
    expect(one.reports).to.have.length(60);
    expect(JSON.stringify(three.reports)).to.equal(JSON.stringify(one.reports));
  });

  it('ends several workers at once when it is aborted, also one that is stuck', async () => {
    const abort = new AbortController();
    const experiment = `guest: { memory: 4 MiB }\ncompare: [./stuck.ts]\nsweep: { guest.writes: [${rates(9).join(', ')}] }`;
    const { outcome, reports } = await simulate(
      { experiment, files: { './stuck.ts': ENDLESS_NATIVE }, techniques: rates(9).map(() => './stuck.ts') },
      { workers: 2, signal: abort.signal, onProgress: () => abort.abort() },
    );
    expect(outcome).to.deep.equal({ kind: 'aborted' });
    expect(reports).to.deep.equal([]);
  });

  it('says what is wrong with an experiment or a file that it names', async () => {
    const { outcome } = await simulate({ experiment: 'guest: { memory: -1 }', files: {}, techniques: ['pre-copy'] });
    expect(outcome).to.include({ kind: 'failed', blame: 'input' });
    const techniques = ['./toString.ts', 'pre-copy', './a.ts'];
    const experiment = `guest: { memory: 4 MiB }\ncompare: [${techniques.join(', ')}]`;
    const { reports, failures } = await simulate({ experiment, files: { './a.ts': 'export default 1;' }, techniques });
    expect(reports.map(({ label }) => label)).to.deep.equal(['pre-copy']);
    expect(failures).to.deep.equal([
      { blame: 'input', message: 'The experiment names ./toString.ts, which was not found.' },
      { blame: 'input', message: './a.ts:1:1: The default export is a number; it needs to be a generator function.' },
    ]);
  });

  async function bundle(entry: string, outfile: string): Promise<void> {
    await build({
      absWorkingDir: root, entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs',
      logLevel: 'silent', mainFields: ['module', 'main'], loader: { '.md': 'text' }, define: { 'import.meta.url': '"file:///"' },
      plugins: [
        {
          name: 'by-platform',
          setup({ onResolve }) {
            onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => {
              const file = resolve(resolveDir, `${path}.node.ts`);
              return existsSync(file) ? { path: file } : undefined;
            });
          },
        },
      ],
    });
  }
});
