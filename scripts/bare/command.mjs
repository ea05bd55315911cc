import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** @type {Set<number>} Process groups that we have started and that have not ended. */
const running = new Set();

/** Kills everything that `run` has started. */
export function killAll() {
  for (const pid of running) signal(pid, 'SIGKILL');
}

/**
 * Calls `stop` once, when we are asked to end: by Ctrl-C, by a signal, or because npm has ended. npm passes a signal on
 * to its shell only, and the shell dies of it without telling us; what we can see is that our parent is another one.
 *
 * @param {() => void} stop
 */
export function whenStopped(stop) {
  let stopping = false;
  const once = () => {
    if (stopping) return;
    stopping = true;
    stop();
  };
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, once);
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) once();
  }, 250).unref();
}

/**
 * Runs a command in a process group of its own, so that a time limit or Ctrl-C ends its children too.
 * Resolves with its exit code; never rejects for what the command does. A limit that is reached gives 124, like timeout(1).
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{
 *   cwd?: string, env?: NodeJS.ProcessEnv, limitSeconds?: number,
 *   onLine?: (line: string) => boolean | void,
 * }} [options] `onLine` sees every line of output before it is printed; true keeps it from being printed.
 * @returns {Promise<{ code: number, late: boolean }>}
 */
export function run(command, args, { cwd, env, limitSeconds = 0, onLine } = {}) {
  return new Promise((ended) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let late = false;
    const stop = () => {
      late = true;
      if (pid === undefined) return;
      signal(pid, 'SIGTERM');
      setTimeout(() => signal(pid, 'SIGKILL'), 5000).unref();
    };
    const timer = limitSeconds > 0 ? setTimeout(stop, limitSeconds * 1000) : undefined;
    for (const [from, to] of /** @type {const} */ ([[child.stdout, process.stdout], [child.stderr, process.stderr]])) {
      createInterface(from).on('line', (line) => {
        if (!onLine?.(line)) to.write(`${line}\n`);
      });
    }
    /** @param {number} code */
    const finish = (code) => {
      clearTimeout(timer);
      if (pid !== undefined) {
        // What the command has left behind ends with it.
        signal(pid, 'SIGKILL');
        running.delete(pid);
      }
      ended({ code: late ? 124 : code, late });
    };
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      finish(127);
    });
    // On 'exit', not on 'close': a left-over child may hold the pipes open. Its group is killed, then they close.
    child.on('exit', (code) => {
      if (pid !== undefined) signal(pid, 'SIGKILL');
      child.once('close', () => finish(code ?? 1));
    });
  });
}

/** @param {number} pid @param {NodeJS.Signals} name */
function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // Ended already.
  }
}
