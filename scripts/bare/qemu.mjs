import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first qemu-system-x86_64 in PATH, as src/qemu/host.ts finds it. @returns {string | undefined} */
export function findQemu() {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'qemu-system-x86_64')).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
