import { expect } from 'chai';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMemory, findQemu, freeMemory } from '../../../src/qemu/host';

describe('the QEMU of this computer', function () {
  let folder: string;
  const path = process.env.PATH;
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'host-'))));
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  /** A QEMU that says this of itself, alone in PATH. */
  function install(said: string): string {
    const file = join(folder, 'qemu-system-x86_64');
    writeFileSync(file, `#!/bin/sh\necho '${said}'\n`);
    chmodSync(file, 0o755);
    process.env.PATH = folder;
    return file;
  }

  it('is the first in PATH, if it is new enough', async () => {
    for (const version of ['7.2.0', '7.2.22', '8.0.0', '10.1']) {
      const file = install(`QEMU emulator version ${version} (Debian)`);
      expect(await findQemu()).to.deep.equal({ path: file, version });
    }
  });

  it('is too old, with the versions and how to install another', async () => {
    for (const version of ['7.1.9', '6.2.0', '2.11.1']) {
      const file = install(`QEMU emulator version ${version}`);
      const { missing } = (await findQemu()) as { missing: string };
      expect(missing).to.match(/^QEMU 7\.2 or newer is needed, and /).and.contain(`${file} is version ${version}.`).and.contain('apt install qemu-system-x86');
    }
  });

  it('is missing, or is not one', async () => {
    process.env.PATH = folder;
    expect(await findQemu()).to.have.property('missing').that.matches(/^QEMU \(qemu-system-x86_64\) is not installed\. Install it with/);
    install('hello');
    expect(await findQemu()).to.have.property('missing').that.contains('does not tell its version');
    expect(await findQemu(join(folder, 'elsewhere'))).to.have.property('missing').that.contains('does not tell its version');
  });

  it('has the memory that source and destination need, or says how much is missing', async () => {
    await checkMemory([64 * 2 ** 20], 2 ** 30);
    const message = await checkMemory([2 ** 30], 2 ** 30).catch((error: Error) => error.message);
    expect(message).to.equal(
      'Source and destination need 2560 MiB of memory on this computer, and 1024 MiB are free: choose a smaller `guest.memory`.',
    );
    expect(await freeMemory()).to.be.above(0);
  });
});
