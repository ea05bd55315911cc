import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Heartbeat } from '../../src/qemu/guest/heartbeat';
import { guestImage, type GuestProgram } from '../../src/qemu/guest/program';

const QEMU = 'qemu-system-x86_64';

/** Why there is no QEMU here, or undefined if there is one. */
export function whyNoQemu(): string | undefined {
  return spawnSync(QEMU, ['--version']).status === 0 ? undefined : `${QEMU} is not installed`;
}

/** A guest on a QEMU of its own, whose memory the test can read. */
export class GuestMachine {
  readonly heartbeat = new Heartbeat();
  readonly #directory = mkdtempSync(join(tmpdir(), 'vmlab-guest-'));
  readonly #qemu: ChildProcess;
  readonly #ended: Promise<void>;
  #noticed: () => void = () => undefined;
  #said = '';

  constructor(program: GuestProgram) {
    const file = (name: string): string => join(this.#directory, name);
    writeFileSync(file('kernel'), guestImage(program));
    this.#qemu = spawn(QEMU, [
      '-nodefaults', '-display', 'none', '-machine', 'pc,memory-backend=ram', '-accel', 'tcg',
      '-m', `${program.memoryBytes / 0x10_0000}M`, '-kernel', file('kernel'), '-serial', 'stdio',
      '-object', `memory-backend-file,id=ram,size=${program.memoryBytes},share=on,mem-path=${file('memory')}`,
    ], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#qemu.stdout!.on('data', (bytes: Buffer) => {
      this.heartbeat.push(bytes, performance.now() / 1000);
      this.#noticed();
    });
    this.#qemu.stderr!.on('data', (text: Buffer) => (this.#said += text.toString()));
    this.#ended = new Promise((resolve) => {
      this.#qemu.once('exit', () => {
        this.#noticed();
        resolve();
      });
    });
  }

  /** Waits until the guest's heartbeat shows what is wanted. @throws when QEMU ends before */
  async until(holds: (heartbeat: Heartbeat) => boolean): Promise<void> {
    while (!holds(this.heartbeat)) {
      if (this.#qemu.exitCode !== null) throw new Error(`QEMU ended: ${this.#said}`);
      await new Promise<void>((resolve) => (this.#noticed = resolve));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#qemu.kill(name);
  }

  /** Ends QEMU; what the guest's memory held then. */
  async end(): Promise<Buffer> {
    this.#qemu.kill('SIGKILL');
    await this.#ended;
    return readFileSync(join(this.#directory, 'memory'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#qemu.kill('SIGKILL');
    await this.#ended;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
