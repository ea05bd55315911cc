import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

/** What went wrong, in the words of HTTP; `code` is the name of vscode's FileSystemError. */
export class FolderError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

export const notFound = (path: string): FolderError => new FolderError(404, 'FileNotFound', `no such file: ${path}`);
const outside = (path: string): FolderError =>
  new FolderError(403, 'NoPermissions', `outside the folder: ${path}`);

/** vscode.FileType: 1 file, 2 directory, with 64 added for a symbolic link. */
export interface Entry {
  name: string;
  type: number;
}
export interface FileStat {
  type: number;
  /** Milliseconds since 1970. */
  ctime: number;
  mtime: number;
  /** Bytes. */
  size: number;
}

/** Files that are being written; nobody but the writer looks at them. */
export const temporary = /^\.labfs-[0-9a-f]+\.tmp$/;

/**
 * One folder on the disk, and nothing outside of it: not by `..`, not by a symbolic link, dangling or not.
 * Paths are lists of names. It guards against the page it serves, not against a program on this computer that swaps
 * directories between the check and the use: such a program can write to the folder itself.
 */
export class Folder {
  private constructor(readonly root: string) {}

  static async open(path: string): Promise<Folder> {
    return new Folder(await realpath(path));
  }

  /** The real path for `names`; its deepest existing ancestor has been checked to lie inside the folder. */
  async confine(names: readonly string[]): Promise<string> {
    const shown = names.join('/');
    for (const name of names) {
      // A colon would be a drive or an alternate stream on Windows.
      const bad = name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || (sep === '\\' && /[\\:]/.test(name));
      if (bad) throw outside(shown);
    }
    let real = this.root;
    for (const [i, name] of names.entries()) {
      const next = join(real, name);
      const found = await lstat(next).catch(ignoreMissing);
      if (!found) return join(real, ...names.slice(i));
      // A dangling link has no real path: refuse it, since writing through it would create its target.
      real = found.isSymbolicLink() ? await realpath(next).catch(() => { throw outside(shown); }) : next;
      if (real !== this.root && !real.startsWith(this.root + sep)) throw outside(shown);
    }
    return real;
  }

  async stat(names: readonly string[]): Promise<FileStat> {
    const path = await this.confine(names);
    const found = await stat(path).catch(ignoreMissing);
    if (!found) throw notFound(names.join('/'));
    return { type: typeOf(found), ctime: found.ctimeMs, mtime: found.mtimeMs, size: found.size };
  }

  async list(names: readonly string[]): Promise<Entry[]> {
    const path = await this.confine(names);
    const entries = await readdir(path, { withFileTypes: true }).catch(explain(names));
    return entries
      .filter(({ name }) => !temporary.test(name))
      .map((entry) => ({ name: entry.name, type: typeOf(entry) }));
  }

  /** Every file below `names`, as paths with slashes; links are not followed. */
  async files(names: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const { name, type } of await this.list(names)) {
      if (type === 1) found.push([...names, name].join('/'));
      if (type === 2) found.push(...await this.files([...names, name]));
    }
    return found;
  }

  /** Replaces a file in one step: a reader sees the old text or the new, also after a crash. */
  async write(names: readonly string[], content: Uint8Array, options: { create: boolean; overwrite: boolean }): Promise<void> {
    const path = await this.confine(names);
    const found = await stat(path).catch(ignoreMissing);
    if (found?.isDirectory()) throw new FolderError(409, 'FileIsADirectory', `a directory: ${names.join('/')}`);
    if (!found && !options.create) throw notFound(names.join('/'));
    if (found && !options.overwrite) throw exists(names);
    await mkdir(dirname(path), { recursive: true }).catch(explain(names));
    const draft = join(dirname(path), `.labfs-${randomBytes(8).toString('hex')}.tmp`);
    try {
      await writeFile(draft, content, { mode: found ? found.mode : 0o644, flag: 'wx' });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async makeDirectory(names: readonly string[]): Promise<void> {
    await mkdir(await this.confine(names)).catch(explain(names));
  }

  async remove(names: readonly string[], options: { recursive: boolean }): Promise<void> {
    const path = await this.itself(names);
    const found = await lstat(path).catch(ignoreMissing);
    if (!found) throw notFound(names.join('/'));
    if (found.isDirectory() && !options.recursive && (await readdir(path)).length > 0) {
      throw new FolderError(409, 'Unavailable', `not empty: ${names.join('/')}`);
    }
    await rm(path, { recursive: found.isDirectory() });
  }

  async rename(from: readonly string[], to: readonly string[], options: { overwrite: boolean }): Promise<void> {
    const [source, target] = [await this.itself(from), await this.itself(to)];
    if (!await lstat(source).catch(ignoreMissing)) throw notFound(from.join('/'));
    if (source === target) return;
    if (`${target}${sep}`.startsWith(source + sep) || `${source}${sep}`.startsWith(target + sep)) {
      throw new FolderError(409, 'Unavailable', `${from.join('/')} and ${to.join('/')} lie inside each other`);
    }
    if (await lstat(target).catch(ignoreMissing)) {
      if (!options.overwrite) throw exists(to);
      await rm(target, { recursive: true });
    }
    await mkdir(dirname(target), { recursive: true }).catch(explain(to));
    await rename(source, target);
  }

  /** Like `confine`, but a link stands for itself, for operations on the name and not on what it leads to. */
  private async itself(names: readonly string[]): Promise<string> {
    if (names.length === 0) throw new FolderError(403, 'NoPermissions', 'the folder itself stays where it is');
    await this.confine(names);
    return join(await this.confine(names.slice(0, -1)), basename(names.at(-1)!));
  }
}

const exists = (names: readonly string[]): FolderError =>
  new FolderError(409, 'FileExists', `exists already: ${names.join('/')}`);

function typeOf(found: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): number {
  return (found.isFile() ? 1 : 0) + (found.isDirectory() ? 2 : 0) + (found.isSymbolicLink() ? 64 : 0);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

/** A handler for the errors of the disk that VS Code has a name for. */
const explain = (names: readonly string[]) => (error: NodeJS.ErrnoException): never => {
  const path = names.join('/');
  if (error.code === 'ENOENT') throw notFound(path);
  if (error.code === 'EEXIST') throw exists(names);
  if (error.code === 'ENOTDIR') throw new FolderError(409, 'FileNotADirectory', `not a directory: ${path}`);
  throw error;
};
