import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporary } from './folder';

/** vscode.FileChangeType. */
export const changed = 1, created = 2, deleted = 3;
/** `path` is relative to the folder, with slashes. */
export interface Change {
  type: typeof changed | typeof created | typeof deleted;
  path: string;
}

/** What distinguishes two versions of a file; undefined for a directory, whose own times mean nothing here. */
type Version = string | undefined;

/**
 * Tells what changes in a folder. Every directory has its own watcher, and an event only says "look again": what
 * changed is found by comparing with what was there. So a file replaced through a rename is "changed" and not
 * "created", which VS Code's explorer needs; and recursive watching, which Node 20 has no reliable form of on Linux,
 * is not needed.
 */
export class FolderWatch {
  private readonly directories = new Map<string, { watcher: FSWatcher; known: Map<string, Version> }>();
  private pending = Promise.resolve();
  private closed = false;

  private constructor(private readonly root: string, private readonly tell: (changes: Change[]) => void) {}

  static async start(root: string, tell: (changes: Change[]) => void): Promise<FolderWatch> {
    const it = new FolderWatch(root, tell);
    await it.enter('', []);
    return it;
  }

  close(): void {
    this.closed = true;
    for (const { watcher } of this.directories.values()) watcher.close();
    this.directories.clear();
  }

  /** Starts to watch a directory; what is found in it goes to `changes` as created. */
  private async enter(path: string, changes: Change[]): Promise<void> {
    if (this.closed || this.directories.has(path)) return;
    let watcher: FSWatcher;
    try {
      watcher = watch(join(this.root, path), () => this.lookAgain(path));
    } catch {
      return; // Gone already, or not readable: there is nothing to tell about it.
    }
    watcher.on('error', () => this.leave(path, []));
    this.directories.set(path, { watcher, known: new Map() });
    await this.compare(path, changes);
  }

  private leave(path: string, changes: Change[]): void {
    const directory = this.directories.get(path);
    if (!directory) return;
    directory.watcher.close();
    this.directories.delete(path);
    for (const name of directory.known.keys()) this.forget(joined(path, name), changes);
  }

  private forget(path: string, changes: Change[]): void {
    this.leave(path, changes);
    changes.push({ type: deleted, path });
  }

  private lookAgain(path: string): void {
    this.pending = this.pending.then(async () => {
      const changes: Change[] = [];
      await this.compare(path, changes);
      if (changes.length > 0 && !this.closed) this.tell(changes);
    });
  }

  private async compare(path: string, changes: Change[]): Promise<void> {
    const directory = this.directories.get(path);
    if (!directory) return;
    const names = await readdir(join(this.root, path)).catch((): string[] => []);
    const now = new Map<string, Version>();
    for (const name of names.filter((each) => !temporary.test(each))) {
      const found = await lstat(join(this.root, path, name)).catch(() => undefined);
      if (found) now.set(name, found.isDirectory() ? undefined : `${found.ino} ${found.size} ${found.mtimeMs}`);
    }
    const before = directory.known;
    directory.known = now;
    for (const name of before.keys()) if (!now.has(name)) this.forget(joined(path, name), changes);
    for (const [name, version] of now) {
      const file = joined(path, name);
      if (!before.has(name)) changes.push({ type: created, path: file });
      else if (before.get(name) !== version) changes.push({ type: changed, path: file });
      if (version === undefined) await this.enter(file, changes);
    }
  }
}

const joined = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);
