import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../checkout';
import { quiet } from '../server/page';
import type { Host, HostOptions } from './host';

const installation = join(checkout, 'test/node-host/node_modules');

/** code-server: VS Code with a Node extension host, shown in a browser. */
export async function startNodeHost({ folder, extension, tests }: HostOptions): Promise<Host> {
  const home = await mkdtemp(join(tmpdir(), 'lab-node-host-'));
  const [userData, extensions] = [join(home, 'user-data'), join(home, 'extensions')];
  await mkdir(join(userData, 'User'), { recursive: true });
  await mkdir(extensions);
  await writeFile(join(userData, 'User/settings.json'), JSON.stringify(quiet));
  await writeFile(join(home, 'config.yaml'), '');
  // A folder in a fresh extensions directory counts as installed.
  if (!tests) await install(extension, extensions);
  const port = await freePort();
  const child = spawn(nodeBinary(), [
    join(installation, 'code-server/out/node/entry.js'),
    '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--config', join(home, 'config.yaml'),
    '--user-data-dir', userData, '--extensions-dir', extensions,
    '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust',
    '--disable-getting-started-override', '--ignore-last-opened',
    // Without it a released VS Code ignores the payload below.
    ...(tests ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ], { env: environment(home), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const close = async (): Promise<void> => {
    await stop(child);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await listening(child);
  } catch (error) {
    await close();
    throw error;
  }
  const query = new URLSearchParams({ folder });
  if (tests) {
    const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
    query.set('payload', JSON.stringify([
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(join(extension, 'dist/test/node.js'))],
    ]));
  }
  return { kind: 'node', url: `http://127.0.0.1:${port}/?${query}`, close };
}

/** The Node that code-server needs; it comes from npm, one package for each platform. */
function nodeBinary(): string {
  return join(installation, `node-${process.platform}-${process.arch}/bin/node`);
}

async function install(extension: string, extensions: string): Promise<void> {
  const { publisher, name, version } = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8'));
  const target = join(extensions, `${publisher}.${name}-${version}`);
  const parts = ['package.json', 'package.nls.json', 'dist', 'media', 'l10n'];
  for (const part of parts.filter((each) => existsSync(join(extension, each)))) {
    await cp(join(extension, part), join(target, part), { recursive: true });
  }
}

/** Without what an outer VS Code or npm has set; and with no gallery to ask. */
function environment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(kept), HOME: home, XDG_CONFIG_HOME: home, EXTENSIONS_GALLERY: '{}' };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((ready, failed) => {
    const said: string[] = [];
    const read = (line: string): void => {
      said.push(line);
      if (line.includes('HTTP server listening')) ready();
    };
    createInterface(child.stdout!).on('line', read);
    createInterface(child.stderr!).on('line', read);
    child.on('error', failed);
    child.on('exit', (code) => failed(new Error(`code-server ended with ${code}:\n${said.join('\n')}`)));
  });
}

/** The whole process group: code-server starts its extension hosts as children. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const gone = new Promise((exited) => child.once('exit', exited));
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    return;
  }
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed).listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}
