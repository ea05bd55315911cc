/** A file of an archive. Folders are made as they are needed. */
export interface ArchiveFile {
  /** Path without a leading slash, as in `bin/busybox`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Permission bits, e.g. 0o755. */
  readonly mode: number;
}

const FOLDER = 0o040000;
const REGULAR = 0o100000;
const TRAILER = 'TRAILER!!!';

/**
 * An archive in the "newc" format, the one that Linux unpacks at boot (Linux: Documentation/driver-api/early-userspace/
 * buffer-format.rst). Times and owners are zero, so that the same files give the same bytes. Written here because
 * `cpio` is a tool that few machines have.
 */
export function cpioArchive(files: readonly ArchiveFile[], emptyFolders: readonly string[] = []): Uint8Array {
  const folders = new Set(emptyFolders);
  for (const { path } of files) for (const folder of foldersAbove(path)) folders.add(folder);
  const entries = [
    ...[...folders].sort().map((path) => ({ path, bytes: new Uint8Array(0), mode: FOLDER | 0o755 })),
    ...files.map(({ path, bytes, mode }) => ({ path, bytes, mode: REGULAR | mode })),
    { path: TRAILER, bytes: new Uint8Array(0), mode: 0 },
  ];
  return Buffer.concat(entries.flatMap((entry, i) => entryBytes(entry, i + 1)));
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Six magic digits and thirteen numbers of eight hexadecimal digits; then name and content, each padded to 4 bytes. */
function entryBytes({ path, bytes, mode }: ArchiveFile, inode: number): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const links = (mode & FOLDER) === FOLDER ? 2 : 1;
  const numbers = [inode, mode, 0, 0, links, 0, bytes.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length), bytes, padding(bytes.length)];
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}
