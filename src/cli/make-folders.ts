import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Node's recursive mkdir does so, too, but tries for ever where one that
 * is there refuses a folder in it with ENOENT, as /proc does (node/src/node_file.cc: MKDirpAsync).
 */
export async function makeFolders(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await isThere(at)); at = dirname(at)) missing.unshift(at);
  for (const each of missing) await mkdir(each);
  if (missing.length === 0 && !(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
