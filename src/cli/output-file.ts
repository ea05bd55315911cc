import { randomBytes } from 'node:crypto';
import { fstatSync, rmSync, type Stats } from 'node:fs';
import { access, constants, lstat, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HostError, UsageError } from './exit';
import { mayBlock, promptly } from './signals';
import { whyNotWritten } from './system-words';

export interface Output {
  /** What the file is for, as messages call it: `--trace`. */
  option: string;
  /** Files that the command reads, which must not be written; `-` is standard input. By what messages call them. */
  inputs?: Readonly<Record<string, string>>;
}

/**
 * A file that a command writes. What was there stays until all is written: until then it grows under another name
 * beside it. What is no file, such as a pipe or a device, is written as it is.
 */
export class OutputFile {
  #handle: FileHandle | undefined;
  /** All that was asked for, one after the other. */
  #work: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    /** Where it grows; undefined: right there. */
    private readonly draft: string | undefined,
    /** The permissions of what it replaces. */
    private readonly mode: number | undefined,
  ) {}

  /** Looks at what is there, and touches nothing. Throws a UsageError if nothing can or should be written there. */
  static async at(path: string, { option, inputs = {} }: Output): Promise<OutputFile> {
    if (path === '') throw new UsageError(`${option} needs the name of a file, and this one is empty.`);
    try {
      const there = await statOf(path);
      if (there?.isDirectory()) throw new UsageError(`${path}: this is a folder; ${option} needs a file.`);
      if (there) await refuseOneOf(inputs, there, path, option);
      if (there ? !there.isFile() : await isLink(path)) return new OutputFile(path, undefined, undefined);
      if (there) await access(path, constants.W_OK);
      // Beside the file itself, and not beside a link to it.
      const real = there ? await realpath(path) : path;
      const folder = dirname(real);
      if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
      await access(folder, constants.W_OK).catch(() => {
        throw new UsageError(`${path}: its folder may not be written.`);
      });
      return new OutputFile(real, join(folder, `.vmlab-${randomBytes(6).toString('hex')}`), there?.mode);
    } catch (error) {
      throw error instanceof UsageError ? error : new UsageError(`${path}: ${whyNotWritten(error)}.`);
    }
  }

  /** Adds to it. What goes wrong is said by `finish`. */
  write(text: string): void {
    this.#work = this.#work.then(async () => {
      const handle = (this.#handle ??= await this.#open());
      const reached = this.draft === undefined ? mayBlock : promptly;
      await reached(() => handle.appendFile(text));
    });
    this.#work.catch(() => undefined);
  }

  /** Puts what was written in its place. Throws a HostError if that, or the writing, failed; then what was there is there. */
  async finish(): Promise<void> {
    try {
      await this.#work;
      this.#handle ??= await this.#open();
      await this.#handle.close();
      if (this.draft !== undefined) await rename(this.draft, this.path);
      this.#forget();
    } catch (error) {
      await this.discard();
      throw new HostError(`${this.path} could not be written: ${whyNotWritten(error)}.`);
    }
  }

  /** Leaves what was there as it was. */
  async discard(): Promise<void> {
    await this.#work.catch(() => undefined);
    await this.#handle?.close().catch(() => undefined);
    if (this.draft !== undefined) await rm(this.draft, { force: true });
    this.#forget();
  }

  async #open(): Promise<FileHandle> {
    // A pipe may have nobody at its other end.
    if (this.draft === undefined) return mayBlock(() => open(this.path, 'w'));
    process.once('exit', this.#removeDraft);
    const handle = await open(this.draft, 'wx');
    if (this.mode !== undefined) await handle.chmod(this.mode);
    return handle;
  }

  #forget(): void {
    process.off('exit', this.#removeDraft);
  }

  readonly #removeDraft = (): void => rmSync(this.draft!, { force: true });
}

/** What is there, behind all links; undefined if nothing is. */
async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Whether it is a link, wherever that leads. */
async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (there) => there.isSymbolicLink(),
    () => false,
  );
}

/** Under another name a file is the same file. */
async function refuseOneOf(inputs: Readonly<Record<string, string>>, there: Stats, path: string, option: string): Promise<void> {
  if (!there.isFile()) return;
  for (const [named, file] of Object.entries(inputs)) {
    const input = file === '-' ? fstatSync(0) : await statOf(file);
    if (input && isSame(input, there)) throw new UsageError(`${path}: this is ${named}; give ${option} another file.`);
  }
  if (isSame(fstatSync(1), there)) {
    throw new UsageError(`${path}: this is where standard output goes; give ${option} another file, or leave it out.`);
  }
}

function isSame(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
