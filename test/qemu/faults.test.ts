import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Link } from '../../src/qemu/relay';
import { runOnQemu } from '../../src/qemu/run';
import { needsQemu, runOf } from './real-run';

const GUEST = 'guest: { memory: 64 MiB, workload: random, writes: 8 MiB/s, workingSet: 16 MiB }\nlink: 200 Mbit/s\n';
const LIMIT_SECONDS = 90;
const faulty = (technique: string, faults: string) => runOf(`${GUEST}technique: ${technique}\nfaults: [${faults}]`);

/** Fails with this sentence. */
async function sentenceOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it worked',
    (error: Error) => error.message,
  );
}

describe('trouble with real QEMU', function () {
  this.timeout(120_000);
  let folder: string;
  before(needsQemu);
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'qemu-trouble-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const fault of ['link: 1 s, for: 1 s', 'destination: 1 s']) {
    it(`pre-copy: the guest is unharmed at the source (${fault})`, async () => {
      const { report, queryMigrate } = await runOnQemu(faulty('pre-copy', `{ ${fault} }`), { limitSeconds: LIMIT_SECONDS });
      expect(queryMigrate.status).to.equal('failed');
      expect(report.broken?.outcome).to.equal('failed');
      expect(report.converged).to.equal(false);
      // It was never stopped, and worked until the end.
      expect([report.downtimeSeconds, report.timeline.pausedAtSeconds]).to.deep.equal([0, undefined]);
      expect(report.throughput.during).to.be.above(0);
    });

    it(`post-copy: the guest is lost (${fault})`, async () => {
      const { report, queryMigrate } = await runOnQemu(faulty('post-copy', `{ ${fault} }`), { limitSeconds: LIMIT_SECONDS });
      expect(queryMigrate.status).to.equal('postcopy-paused');
      expect(report.broken?.outcome).to.equal('lost');
      expect(report.residualPages).to.be.above(0);
    });
  }

  it('post-copy with recovery goes on each time when the link is back', async () => {
    const run = faulty('{ use: post-copy, with: [recovery] }', '{ link: 0.5 s, for: 1 s }, { link: 2.5 s, for: 1 s }');
    const { report, queryMigrate } = await runOnQemu(run, { limitSeconds: LIMIT_SECONDS });
    expect(queryMigrate.status).to.equal('completed');
    expect([report.broken, report.residualPages]).to.deep.equal([undefined, 0]);
    expect(report.totalSeconds).to.be.above(3.5);
  });

  it('says in QEMU’s words what it does not take', async () => {
    const run = runOf(`${GUEST}technique: { use: pre-copy, with: [preempt] }`);
    expect(await sentenceOf(runOnQemu(run))).to.match(/^QEMU refuses `migrate-set-capabilities`: .*preempt.*\.$/i);
  });

  it('says what to install instead of a QEMU that is too old, or none', async () => {
    const old = join(folder, 'qemu-system-x86_64');
    writeFileSync(old, '#!/bin/sh\necho "QEMU emulator version 5.2.0 (Debian 1:5.2+dfsg-11)"\n');
    chmodSync(old, 0o755);
    const run = runOf(`${GUEST}technique: pre-copy`);
    expect(await sentenceOf(runOnQemu(run, { qemu: old }))).to.match(/^QEMU 7\.2 or newer is needed, and .* is version 5\.2\.0\. Install it with/);
    expect(await sentenceOf(runOnQemu(run, { qemu: join(folder, 'none') }))).to.contain('Install it with');
  });

  it('says what QEMU said when it does not start', async () => {
    const broken = join(folder, 'qemu-system-x86_64');
    const script = '#!/bin/sh\n[ "$1" = --version ] && { echo "QEMU emulator version 8.0.0"; exit; }\necho "qemu-system-x86_64: no machine today" >&2\nexit 1\n';
    writeFileSync(broken, script);
    chmodSync(broken, 0o755);
    const message = await sentenceOf(runOnQemu(runOf(`${GUEST}technique: pre-copy`), { qemu: broken }));
    expect(message).to.equal('QEMU ended with exit code 1: no machine today.');
  });

  it('says that a socket is taken', async () => {
    const path = join(folder, 'taken');
    const server = createServer().listen(path);
    await once(server, 'listening');
    const message = await sentenceOf(new Link(1e6, 0).relay(path, join(folder, 'in')));
    expect(message).to.equal(`The link's socket ${path} could not be made: it is taken.`);
    server.close();
  });

  it('leaves nothing behind when it is stopped', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const inside = { TMPDIR: folder };
    const previous = process.env.TMPDIR;
    Object.assign(process.env, inside);
    try {
      const phases: string[] = [];
      const progress = ({ phase }: { phase: string }) => {
        phases.push(phase);
        if (phase === 'Migrating') abort.abort(reason);
      };
      const run = runOf(`${GUEST}technique: pre-copy`);
      expect(await sentenceOf(runOnQemu(run, { signal: abort.signal, progress }))).to.equal('enough');
      expect(phases[0]).to.equal('Starting QEMU');
    } finally {
      if (previous === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = previous;
    }
    expect([readdirSync(folder), qemusOf(folder)]).to.deep.equal([[], []]);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`leaves nothing behind when its process gets ${signal} in the middle`, async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'test/qemu/migrate-slowly.ts'], {
        env: { ...process.env, TMPDIR: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      expect(readdirSync(folder).length, 'its directory').to.be.at.least(1);
      expect(qemusOf(folder).length, 'its QEMUs').to.equal(2);
      child.kill(signal);
      await once(child, 'exit');
      // Its keepers notice by the end of a pipe, and then kill and remove: a sign that they give by being gone.
      while (readdirSync(folder).some((name) => name.startsWith('vmlab-')) || qemusOf(folder).length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  }
});

/** The QEMUs that run with something in this folder. */
function qemusOf(folder: string): string[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && /^[^\0]*qemu-system/.test(commandOf(pid)) && commandOf(pid).includes(folder));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
