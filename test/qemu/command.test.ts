import { expect } from 'chai';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/engine';
import type { MigrationInfo } from '../../src/qemu/query-migrate';
import { needsQemu } from './real-run';

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs the built command as a user would. */
function vmlab(args: string[], input = '', env = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['dist/cli.js', 'qemu', 'run', ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
    child.stdin!.end(input);
  });
}

const GUEST = 'guest: { memory: 16 MiB, writes: 4 MiB/s, workingSet: 4 MiB }\nlink: 200 Mbit/s\n';

describe('vmlab qemu run', function () {
  this.timeout(120_000);
  let folder: string;
  before(needsQemu);
  before(() => (folder = mkdtempSync(join(tmpdir(), 'vmlab-command-'))));
  after(() => folder && rmSync(folder, { recursive: true }));

  it('prints a line of JSON for each run, with QEMU’s own answer and the point of the sweep', async () => {
    const text = `${GUEST}technique: pre-copy\nsweep: { guest.writes: [1 MiB/s, 8 MiB/s] }\n`;
    const { code, out } = await vmlab(['-', '--json', '--seed', '7'], text);
    expect(code).to.equal(0);
    const lines = out.trim().split('\n').map((line) => JSON.parse(line) as Report & { point: Record<string, string>; queryMigrate: MigrationInfo });
    expect(lines.map(({ technique, point, seed, queryMigrate }) => [technique, point['guest.writes'], seed, queryMigrate.status])).to.deep.equal([
      ['pre-copy', '1 MiB/s', 7, 'completed'],
      ['pre-copy', '8 MiB/s', 7, 'completed'],
    ]);
  });

  it('prints a table for people, and remarks beside it', async () => {
    const file = join(folder, 'two.yaml');
    writeFileSync(file, `${GUEST.replace('writes', 'vcpus: 2, writes')}compare: [stop-and-copy, post-copy]\n`);
    const { code, out, err } = await vmlab([file]);
    expect(code).to.equal(0);
    expect(out).to.match(/\nstop-and-copy +/).and.match(/\npost-copy +/);
    // Once, though it holds for both. (A busy computer is told of, too.)
    expect(err.split('The real guest has one vCPU, which does all of the writing.\n').length).to.equal(2);
  });

  it('migrates several guests over one link, one after the other or at once, and says how long all took', async () => {
    for (const parallel of [[], ['--parallel']]) {
      const { code, out, err } = await vmlab(['-', '--json', '--guests', '2', ...parallel], `${GUEST}technique: pre-copy\n`);
      expect(code).to.equal(0);
      const reports = out.trim().split('\n').map((line) => JSON.parse(line) as Report & { guest: number });
      expect(reports.map(({ guest, seed }) => [guest, seed])).to.deep.equal([[1, 1], [2, 2]]);
      expect(err).to.match(/2 guests (one after the other|at once) took \d+\.\d\d s\./);
    }
    expect((await vmlab(['-', '--guests', '0'], GUEST)).err).to.include('expected a whole number from 1 to 16');
  });

  it('prints QEMU’s own answer alone', async () => {
    const { out } = await vmlab(['-', '--query-migrate'], `${GUEST}technique: pre-copy\n`);
    expect(JSON.parse(out)).to.have.property('status', 'completed');
  });

  it('tells what is wrong with the document from what this computer lacks', async () => {
    const refused = await vmlab(['-'], `${GUEST}technique: { use: pre-copy, with: [sdps] }\n`);
    expect(refused).to.deep.equal({
      code: 2, out: '', err: 'vmlab: standard input:3:12: QEMU has no `sdps`: it runs in the simulator only.\n',
    });
    const missing = await vmlab(['-'], GUEST, { ...process.env, PATH: folder });
    expect([missing.code, missing.out]).to.deep.equal([3, '']);
    expect(missing.err).to.match(/^vmlab: QEMU \(qemu-system-x86_64\) is not installed\. Install it with .*\n$/);
  });

  it('makes the other runs when one fails, and says so in its place', async () => {
    const qemu = join(folder, 'qemu');
    // Of 64 MiB and the padding it wants to know nothing.
    writeFileSync(qemu, '#!/bin/sh\ncase "$*" in *size=67117056*) exit 3;; esac\nexec qemu-system-x86_64 "$@"\n', { mode: 0o755 });
    const text = 'sweep: { guest.memory: [64 MiB, 16 MiB] }\nlink: 400 Mbit/s\n';
    const { code, out, err } = await vmlab(['-', '--qemu', qemu], text);
    expect(out).to.match(/\npre-copy +64 MiB .*not made on QEMU: QEMU ended with exit code 3\.\npre-copy +16 MiB +QEMU .*/);
    expect(err).to.match(/^vmlab: pre-copy could not be run on QEMU: QEMU ended with exit code 3\.$/m);
    expect(code).to.equal(3);
  });

  it('ends at Ctrl-C, and cleans up', async () => {
    const own = mkdtempSync(join(folder, 'own-'));
    const file = join(folder, 'slow.yaml');
    writeFileSync(file, 'guest: { memory: 64 MiB }\nlink: 10 Mbit/s\ntechnique: pre-copy\n');
    const child = spawn(process.execPath, ['dist/cli.js', 'qemu', 'run', file], { env: { ...process.env, TMPDIR: own }, stdio: 'ignore' });
    // Its directory is the sign that it is at work.
    while (readdirSync(own).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, readdirSync(own)]).to.deep.equal([130, []]);
  });
});
