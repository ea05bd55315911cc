import { build } from 'esbuild';
import { expect } from 'chai';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { course } from '../../../labs';
import { strategyTasks } from '../../../src/lab/course';
import type { Job } from '../../../src/protocol/worker';
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
  const check = (source: string): Job => {
    return { kind: 'check', question: question.id, task: task.id, file: task.file, source, seed: 1 };
  };
  const reference = () => readFileSync(join(root, 'labs', question.id, 'reference/post-copy.ts'), 'utf8');

  async function run(job: Job, options: Partial<Sandbox.JobOptions> = {}) {
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

  it('simulates techniques and files side by side, in order', async () => {
    const experiment = [
      'guest: { memory: 64 MiB }',
      'compare: [post-copy, ./mine.ts]',
      'sweep: { guest.writes: [1 MiB/s, 2 MiB/s] }',
    ].join('\n');
    const files = { './mine.ts': reference() };
    const { outcome, messages } = await run({ kind: 'simulate', experiment, files, seed: 7 });
    expect(outcome).to.deep.equal({ kind: 'done' });
    const reports = messages.flatMap((message) => (message.kind === 'report' ? message : []));
    expect(reports.map(({ report, point }) => [report.technique, report.seed, point['guest.writes']])).to.deep.equal([
      ['post-copy', 7, '1 MiB/s'],
      ['./mine.ts', 7, '1 MiB/s'],
      ['post-copy', 7, '2 MiB/s'],
      ['./mine.ts', 7, '2 MiB/s'],
    ]);
  });

  it('says what is wrong with an experiment or a file that it names', async () => {
    const wrong = { kind: 'failed', blame: 'input' };
    const simulate = (experiment: string, files: Record<string, string>) => {
      return run({ kind: 'simulate', experiment, files });
    };
    expect((await simulate('guest: { memory: -1 }', {})).outcome).to.include(wrong);
    expect((await simulate('technique: ./toString.ts', {})).outcome).to.include({
      ...wrong,
      message: 'The experiment names ./toString.ts, which was not found.',
    });
    expect((await simulate('technique: ./a.ts', { './a.ts': 'export default 1;' })).outcome).to.include({
      ...wrong,
      message: './a.ts:1:1: The default export is a number; it needs to be a generator function.',
    });
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
