import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';

export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** A long sweep prints more than the 1 MiB at which Node would end it. */
const MOST_OUTPUT_BYTES = 64 * 2 ** 20;

/** Runs the built command as a user would, in another process. */
export function vmlab(args: string[], input: string | Buffer = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { maxBuffer: MOST_OUTPUT_BYTES };
    const child = execFile(process.execPath, ['dist/cli.js', ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? NaN : 0, out, err });
    });
    // What is refused early is not read to its end.
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(input);
  });
}

/** How a process ended: by itself with a code, or killed by a signal. */
export type End = number | NodeJS.Signals | null;

/** Loaded before the command: sends a message once the command answers signals itself. (Node catches them from its start.) */
const TELLS_WHEN_READY = `data:text/javascript,process.on('newListener', (name) => {
  if (name === 'SIGTERM') setImmediate(() => process.send('ready'));
});`;

/** A command that is under way, whose standard input stays open. Resolves as soon as it answers signals. */
export async function started(args: string[]): Promise<{ child: ChildProcess; ended: Promise<{ end: End; err: string }> }> {
  const command = ['--import', TELLS_WHEN_READY, 'dist/cli.js', ...args];
  const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] });
  let err = '';
  child.stderr!.on('data', (part) => (err += String(part)));
  const ended = new Promise<{ end: End; err: string }>((resolve) => {
    child.once('close', (code, signal) => resolve({ end: signal ?? code, err }));
  });
  await once(child, 'message');
  return { child, ended };
}

/** The same with standard output going to a file or a device. */
export function vmlabInto(file: string, args: string[], input = ''): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], { stdio: ['pipe', openSync(file, 'a'), 'pipe'] });
  let err = '';
  child.stderr!.on('data', (part) => (err += String(part)));
  child.stdin!.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, err })));
}
