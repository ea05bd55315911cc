import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `npm start` as people run it: through npm, in a terminal's process group, ended by Ctrl-C. */
describe('npm start', function () {
  this.timeout(120_000);

  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'lab-start-')), 'course');
  });

  afterEach(() => {
    if (child?.pid !== undefined && groupLives(child.pid)) process.kill(-child.pid, 'SIGKILL');
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  interface Run {
    pid: number;
    /** Everything printed so far. */
    printed(): string;
    /** Resolves with the first match of `pattern` in what is printed. */
    said(pattern: RegExp): Promise<RegExpExecArray>;
    ended: Promise<number | null>;
  }

  function start(...options: string[]): Run {
    const started = spawn('npm', ['start', '--', '--no-open', '--folder', folder, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, INIT_CWD: process.cwd() },
    });
    child = started;
    let text = '';
    let look = (): void => undefined;
    for (const stream of [started.stdout, started.stderr]) {
      createInterface(stream).on('line', (line) => {
        text += `${line}\n`;
        look();
      });
    }
    const ended = new Promise<number | null>((exited) => started.once('close', (code) => exited(code)));
    return {
      pid: started.pid!,
      printed: () => text,
      said: (pattern) => new Promise((found, failed) => {
        look = () => {
          const match = pattern.exec(text);
          if (match) found(match);
        };
        look();
        void ended.then(() => failed(new Error(`ended without saying ${pattern}:\n${text}`)));
      }),
      ended,
    };
  }

  it('serves a copy of the course on loopback; Ctrl-C leaves nothing running', async () => {
    const run = start('--port', '0');
    const [, port] = await run.said(/http:\/\/lab\.localhost:(\d+)\//);
    expect(await statusOf(Number(port), `lab.localhost:${port}`)).to.equal(200);
    expect(await statusOf(Number(port), 'evil.example')).to.equal(421);
    expect(existsSync(join(folder, 'tsconfig.json'))).to.equal(true);
    // What a terminal sends: the signal to npm, its shell and us.
    process.kill(-run.pid, 'SIGINT');
    await run.ended;
    expect(await groupEnds(run.pid), 'a process is left').to.equal(true);
    expect(await accepts(Number(port)), 'the port is still taken').to.equal(false);
  });

  it('ends too when only npm gets the signal', async () => {
    const run = start('--port', '0');
    const [, port] = await run.said(/http:\/\/lab\.localhost:(\d+)\//);
    process.kill(run.pid, 'SIGTERM');
    await run.ended;
    expect(await groupEnds(run.pid), 'a process is left').to.equal(true);
    expect(await accepts(Number(port)), 'the port is still taken').to.equal(false);
  });

  it('ends during the build as well', async () => {
    const run = start('--port', '0');
    await run.said(/Building/);
    process.kill(-run.pid, 'SIGINT');
    await run.ended;
    expect(await groupEnds(run.pid), 'a process is left').to.equal(true);
    expect(run.printed()).not.to.contain('lab.localhost');
  });

  it('keeps what the learner has changed and adds what is missing', async () => {
    const first = start('--port', '0');
    await first.said(/lab\.localhost/);
    process.kill(-first.pid, 'SIGINT');
    await first.ended;
    writeFileSync(join(folder, 'README.md'), 'mine');
    writeFileSync(join(folder, 'notes.txt'), 'mine too');
    rmSync(join(folder, 'types'), { recursive: true });
    const second = start('--port', '0');
    await second.said(/lab\.localhost/);
    process.kill(-second.pid, 'SIGINT');
    await second.ended;
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).to.equal('mine');
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).to.equal('mine too');
    expect(existsSync(join(folder, 'types/live-migration-lab.d.ts'))).to.equal(true);
  });

  it('says in one sentence that the chosen port is taken', async () => {
    const other = createServer();
    await new Promise<void>((listening) => { other.listen(0, '127.0.0.1', listening); });
    const { port } = other.address() as AddressInfo;
    const run = start('--port', String(port));
    expect(await run.ended).to.equal(2);
    expect(run.printed()).to.contain(`Port ${port} is taken; choose another one with --port.`);
    expect(run.printed()).not.to.match(/^\s+at /m);
    await new Promise((closed) => { other.close(closed); });
  });

  for (const [name, at, says] of [
    ['in a file', () => fileAt('file'), /file: there is a file of this name; a folder that can be written is needed\./],
    ['below a file', () => join(fileAt('file'), 'course'), /course: a part of this path is a file, not a folder; /],
    ['where none can be made', () => '/proc/nope', /\/proc\/nope: (no folder can be made there|it may not be written); /],
    ['under a name that is empty', () => '', /--folder needs the name of a folder, and this one is empty/],
    ['where a file is in the way', () => courseWithFile(), /a file is in the way of a folder of the course; /],
  ] as const) {
    it(`says in one sentence that the course cannot lie ${name}`, async () => {
      const run = start('--port', '0', '--folder', at());
      expect(await run.ended).to.equal(2);
      expect(run.printed()).to.match(says).and.not.to.match(/^\s+at /m);
    });
  }

  function fileAt(name: string): string {
    const file = join(folder, '..', name);
    writeFileSync(file, 'mine');
    return file;
  }

  function courseWithFile(): string {
    mkdirSync(folder);
    writeFileSync(join(folder, 'types'), 'mine');
    return folder;
  }

  for (const [options, sentence] of [
    [['--port', 'many'], /--port many: a whole number from 0 to 65535 is needed/],
    [['--prot', '1'], /Unknown option '--prot'/],
  ] as const) {
    it(`refuses ${options.join(' ')}, and says what it takes`, async () => {
      const run = start(...options);
      expect(await run.ended).to.equal(2);
      expect(run.printed()).to.match(sentence).and.to.contain('--folder DIR').and.not.to.match(/^\s+at /m);
    });
  }
});

function statusOf(port: number, host: string): Promise<number | undefined> {
  return new Promise((answered, failed) => {
    request({ host: '127.0.0.1', port, path: '/', headers: { Host: host } }, (response) => {
      response.resume();
      answered(response.statusCode);
    }).on('error', failed).end();
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((known) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      known(true);
    });
    socket.once('error', () => known(false));
  });
}

/** Whether the group is gone, or will be once the system has collected what has ended. */
async function groupEnds(pid: number): Promise<boolean> {
  const end = performance.now() + 5000;
  while (groupLives(pid) && performance.now() < end) await new Promise((next) => { setTimeout(next, 20); });
  return !groupLives(pid);
}

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
