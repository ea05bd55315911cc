import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QemuError } from './qemu-error';

/**
 * Makes a directory that nobody else may enter, says where, and removes it as soon as its input ends: the pipe closes
 * when we say so, and also when we die in whatever way. Once more after a second, if a dying QEMU wrote meanwhile.
 */
const KEEPER = `
umask 077
trap '' INT TERM HUP
d=$(mktemp -d "$1/vmlab-XXXXXX") || exit 1
echo "$d"
read -r _
rm -rf -- "$d" 2>/dev/null || { sleep 1; rm -rf -- "$d"; }
`;

/** The path of a unix socket has to fit into 104 bytes on macOS and 108 on Linux; our names in it are short. */
const LONGEST_PARENT = 70;

/** The private temporary directory of a run: its sockets and files. Gone with this process, however that ends. */
export class Scratch {
  private constructor(
    readonly folder: string,
    private readonly keeper: ChildProcessWithoutNullStreams,
  ) {}

  static async make(parent = tmpdir().length > LONGEST_PARENT ? '/tmp' : tmpdir()): Promise<Scratch> {
    // In a session of its own, so that Ctrl-C at a terminal ends us and not it.
    const keeper = spawn('/bin/sh', ['-c', KEEPER, 'vmlab-keeper', parent], { detached: true });
    keeper.stdin.on('error', () => undefined);
    keeper.stdout.setEncoding('utf8');
    let said = '';
    keeper.stdout.on('data', (text: string) => (said += text));
    await Promise.race([once(keeper.stdout, 'data'), once(keeper, 'close')]);
    if (!said.endsWith('\n')) throw new QemuError(`No temporary directory could be made in ${parent}.`);
    return new Scratch(said.trim(), keeper);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async remove(): Promise<void> {
    if (this.keeper.exitCode !== null) return;
    const gone = once(this.keeper, 'exit');
    this.keeper.stdin.end();
    await gone;
  }
}
