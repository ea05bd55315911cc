import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.mjs';
import { findQemu } from './qemu.mjs';
import { run } from './command.mjs';

export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Stops with a sentence for people; its exit code is 2, as for wrong usage. */
export class CannotInstall extends Error {}

/** The npm that runs us, or the one in PATH. npm hands its settings down as npm_* variables; they are not for others. */
const npm = process.env.npm_execpath?.endsWith('.js')
  ? { command: process.execPath, args: [process.env.npm_execpath] }
  : { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] };

/** @param {string} folder @param {string[]} [flags] */
async function npmInstall(folder, flags = []) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config_|lifecycle_|package_)/.test(name)
    // Where npm finds its registry and certificates stays.
    || /^npm_config_(registry|cafile|userconfig|globalconfig|cache|proxy|https_proxy|noproxy)$/i.test(name)));
  const { code } = await run(npm.command, [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error', ...flags],
    { cwd: folder, env, limitSeconds: 900 });
  if (code !== 0) throw new CannotInstall(`npm ci in ${folder} failed (exit code ${code}). Is the npm registry reachable?`);
}

/** True if what lies in `folder` was installed from the lock file that is there now. @param {string} folder */
function isCurrent(folder) {
  const mark = join(folder, 'node_modules/.lock-hash');
  return existsSync(mark) && readFileSync(mark, 'utf8') === lockHash(folder);
}

/** @param {string} folder */
function lockHash(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  return createHash('sha256').update(lock).digest('hex');
}

/** @param {string} folder */
function markCurrent(folder) {
  writeFileSync(join(folder, 'node_modules/.lock-hash'), lockHash(folder));
}

/** node_modules of the checkout, if missing or older than the lock file. */
export async function installModules() {
  if (isCurrent(checkout)) return;
  // npm's own record of an installation made by hand: as new as the lock file, it will do.
  const record = join(checkout, 'node_modules/.package-lock.json');
  if (existsSync(record) && statSync(record).mtimeMs >= statSync(join(checkout, 'package-lock.json')).mtimeMs) return;
  console.log('Installing node_modules …');
  await npmInstall(checkout);
  markCurrent(checkout);
}

/** Chromium for the browser tests: the one that is there, or Debian's if we may install it. */
export async function installChromium() {
  if (findChromium()) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new CannotInstall('The browser tests need Chromium or Chrome: install one, or name it in CHROME_PATH.');
  }
  await aptInstall('Chromium', ['chromium', 'fonts-dejavu-core']);
  if (!findChromium()) {
    throw new CannotInstall('apt-get could not install chromium: install it by hand, or name one in CHROME_PATH.');
  }
}

/** QEMU for the tests of real migrations: the one that is there, or Debian's if we may install it. */
export async function installQemu() {
  if (findQemu()) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new CannotInstall('there is no qemu-system-x86_64, and only root on Linux has it installed.');
  }
  await aptInstall('QEMU', ['qemu-system-x86']);
  if (!findQemu()) throw new CannotInstall('apt-get could not install qemu-system-x86.');
}

/** One apt-get at a time: they lock each other out. @type {Promise<unknown>} */
let aptIsFree = Promise.resolve();

/** @param {string} name @param {string[]} packages */
function aptInstall(name, packages) {
  const work = aptIsFree.then(async () => {
    console.log(`Installing ${name} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { env, limitSeconds: 900, onLine: (/** @type {string} */ line) => !/^(E|W):/.test(line) };
    await run('apt-get', ['update', '-qq'], quiet);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  });
  aptIsFree = work;
  return work;
}

/**
 * The VS Code with a Node extension host, in test/node-host. No install script runs: what code-server's would compile
 * (loggers, a watchdog, password hashing) is either there as a prebuilt binary or not needed, so neither a compiler nor
 * a second Node is needed to install it.
 */
export async function installNodeHost() {
  const folder = join(checkout, 'test/node-host');
  if (isCurrent(folder)) return;
  if (process.platform !== 'linux') {
    throw new CannotInstall('The tests in the Node extension host run on Linux only; choose the other stages by name.');
  }
  console.log('Installing the Node extension host …');
  await npmInstall(folder, ['--ignore-scripts']);
  const inside = join(folder, 'node_modules/code-server/lib/vscode');
  // code-server's own lock file leaves out a peer dependency, which npm ci would not accept.
  const flags = ['--ignore-scripts', '--omit=dev', '--legacy-peer-deps'];
  await npmInstall(inside, flags);
  await npmInstall(join(inside, 'extensions'), flags);
  markCurrent(folder);
}
