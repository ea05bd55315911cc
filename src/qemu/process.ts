import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { QemuError } from './qemu-error';
import { Qmp } from './qmp';

/**
 * Starts QEMU and kills it as soon as the input ends, which it does when we die in whatever way, SIGKILL included. QEMU
 * itself would go on: it does not mind a monitor that nobody holds any more. A shell in between works wherever there is
 * a shell; `prctl(PR_SET_PDEATHSIG)` would need Linux and a helper in C. The shell ends with QEMU, with its exit code.
 */
const REAPER = `
exec 3<&0
trap '' INT TERM HUP
"$@" </dev/null 3<&- &
q=$!
{ read -r _ <&3; kill -KILL $q 2>/dev/null; } &
w=$!
exec 3<&-
wait $q
s=$?
kill -KILL $w 2>/dev/null
exit $s
`;

/** What QEMU says before it ends, kept: characters. */
const KEPT_CHARACTERS = 4000;

/** A QEMU that runs, with its monitor and its guest's serial port. */
export interface QemuProcess {
  readonly qmp: Qmp;
  readonly serial: Socket;
  /** Resolves when QEMU has ended, with a sentence on how. */
  readonly ended: Promise<string>;
  /** Kills it, as if its host lost power; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  qemu: string;
  /** The arguments but for monitor and serial port. */
  arguments: readonly string[];
  /** Sockets of this name, with `.qmp` and `.ser` behind it: at most some 100 bytes. */
  socket: string;
  signal?: AbortSignal;
}

/** Starts a QEMU and waits until its monitor answers. */
export async function startQemu({ qemu, arguments: given, socket, signal }: ProcessOptions): Promise<QemuProcess> {
  signal?.throwIfAborted();
  // QEMU connects to us, so there is nothing to be polled: either it calls or it ends.
  const monitor = await callOn(`${socket}.qmp`);
  const serial = await callOn(`${socket}.ser`);
  const ports = [
    ...['-chardev', `socket,id=monitor,path=${comma(`${socket}.qmp`)}`, '-mon', 'chardev=monitor,mode=control'],
    ...['-chardev', `socket,id=serial,path=${comma(`${socket}.ser`)}`, '-serial', 'chardev:serial'],
  ];
  const child = spawn('/bin/sh', ['-c', REAPER, 'vmlab-reaper', qemu, ...given, ...ports], { detached: true });
  child.stdin.on('error', () => undefined);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (said = (said + text).slice(-KEPT_CHARACTERS)));
  }
  const gone = once(child, 'close');
  const ended = gone.then(([code]) => endOf(Number(code), said));
  const kill = async () => {
    child.stdin.end();
    await gone;
  };
  const started = new AbortController();
  try {
    const early = Promise.race([ended.then((how) => Promise.reject(new QemuError(how))), aborted(signal, started.signal)]);
    early.catch(() => undefined);
    const [qmpSocket, serialSocket] = await Promise.race([Promise.all([monitor.call, serial.call]), early]);
    const qmp = new Qmp(qmpSocket);
    await Promise.race([qmp.ready(), early]);
    return { qmp, serial: serialSocket, ended, kill };
  } catch (error) {
    await kill();
    throw error;
  } finally {
    started.abort();
    monitor.close();
    serial.close();
  }
}

/** Waits for one caller on a unix socket. */
async function callOn(path: string): Promise<{ call: Promise<Socket>; close(): void }> {
  const server = createServer();
  const call = once(server, 'connection').then(([socket]: Socket[]) => socket!);
  call.catch(() => undefined);
  server.listen(path);
  await once(server, 'listening').catch((error: Error) => {
    throw new QemuError(`The socket ${path} could not be made: ${error.message}.`);
  });
  return { call, close: () => void server.close() };
}

/** Rejects when the signal aborts, until `done`. */
function aborted(signal: AbortSignal | undefined, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: done });
  });
}

function endOf(code: number, said: string): string {
  // The shell says "Killed", too.
  const lines = said.trim().split('\n').filter((line) => line !== 'Killed');
  const last = lines.at(-1)?.replace(/^\S*qemu-system-\S+: /, '');
  const how = code > 128 ? `was killed by signal ${code - 128}` : `ended with exit code ${code}`;
  return last ? `QEMU ${how}: ${last.replace(/\.?$/, '.')}` : `QEMU ${how}.`;
}

/** In QEMU's options a comma is written twice. */
function comma(path: string): string {
  return path.replaceAll(',', ',,');
}
