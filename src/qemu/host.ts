import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { delimiter, join } from 'node:path';
import { QemuError } from './qemu-error';

export const QEMU_NAME = 'qemu-system-x86_64';
/** What tells the bytes of a downtime from the others: `downtime-bytes` came with 7.0, and 7.2 is what we measured. */
const OLDEST = { major: 7, minor: 2 };

const HOW_TO_INSTALL =
  'Install it with `sudo apt install qemu-system-x86` (Debian, Ubuntu), `sudo dnf install qemu-system-x86-core` ' +
  '(Fedora) or `brew install qemu` (macOS). Everything else works without it.';

export interface FoundQemu {
  readonly path: string;
  /** `7.2.22` */
  readonly version: string;
}
/** A sentence that says what is missing, and how to install it. */
export interface MissingQemu {
  readonly missing: string;
}

/** The QEMU in PATH, or the one at `path`; or what to do if there is none that serves. */
export async function findQemu(path?: string): Promise<FoundQemu | MissingQemu> {
  if (process.platform === 'win32') {
    return { missing: 'Real migrations need QEMU on Linux or macOS; on Windows, use WSL. Everything else works without it.' };
  }
  const found = path ?? (await firstInPath());
  if (found === undefined) return { missing: `QEMU (${QEMU_NAME}) is not installed. ${HOW_TO_INSTALL}` };
  const said = await versionText(found);
  const [, version, major, minor] = /QEMU emulator version ((\d+)\.(\d+)[.\d]*)/.exec(said) ?? [];
  if (version === undefined) {
    return { missing: `${found} is not a QEMU that runs: it does not tell its version. ${HOW_TO_INSTALL}` };
  }
  const isTooOld = Number(major) < OLDEST.major || (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor);
  if (!isTooOld) return { path: found, version };
  return {
    missing: `QEMU ${OLDEST.major}.${OLDEST.minor} or newer is needed, and ${found} is version ${version}. ${HOW_TO_INSTALL}`,
  };
}

/** The same for whoever cannot go on without. */
export async function needQemu(path?: string): Promise<FoundQemu> {
  const found = await findQemu(path);
  if ('missing' in found) throw new QemuError(found.missing);
  return found;
}

/** What QEMU takes beside the guest's memory: measured with 7.2, about 60 MiB; with some to spare. Bytes. */
const OWN_BYTES = 128 * 2 ** 20;
/** Left to everybody else on this computer: bytes. */
const SPARE_BYTES = 256 * 2 ** 20;

/** Throws if source and destination of all these guests would not fit into what is free. */
export async function checkMemory(guestBytes: readonly number[], free: number | Promise<number> = freeMemory()): Promise<void> {
  const needed = guestBytes.reduce((sum, bytes) => sum + 2 * (bytes + OWN_BYTES), SPARE_BYTES);
  const available = await free;
  if (needed <= available) return;
  throw new QemuError(
    `Source and destination need ${mebibytes(needed)} of memory on this computer, and ${mebibytes(available)} are free: ` +
      'choose a smaller `guest.memory`.',
  );
}

/** What programs can get without swapping, bytes. */
export async function freeMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const [, kibibytes] = /^MemAvailable: +(\d+) kB$/m.exec(text) ?? [];
  return kibibytes === undefined ? freemem() : 1024 * Number(kibibytes);
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

async function firstInPath(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, QEMU_NAME);
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Longer than any QEMU takes to say its version: milliseconds. */
const PATIENCE_MILLISECONDS = 10_000;

function versionText(path: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: PATIENCE_MILLISECONDS }, (_, out) => resolve(out));
  });
}
