import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const reasons = {
  EEXIST: 'there is a file of this name',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'nothing can be written on this device',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'no space is left to you on the device',
  ENAMETOOLONG: 'this name is longer than this computer allows',
  ELOOP: 'links lead in a circle here',
  ENOENT: 'no folder can be made there',
  ERR_FS_CP_NON_DIR_TO_DIR: 'a file is in the way of a folder of the course',
  ERR_FS_CP_DIR_TO_NON_DIR: 'a file is in the way of a folder of the course',
  ERR_FS_CP_EINVAL: 'the course cannot be copied there',
  ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: 'a link in it leads back into the course',
};

/** Why a folder cannot be used, without a full stop. @param {unknown} error @returns {string | undefined} */
export function whyNoFolder(error) {
  const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  return reasons[code] ?? (code === '' ? undefined : `it cannot be used (${code})`);
}

/**
 * Makes a folder and those above it that are missing, or makes sure that it can be written. Node's recursive mkdir tries for
 * ever where a folder that is there refuses one in it with ENOENT, as /proc does (node/src/node_file.cc: MKDirpSync).
 * @param {string} folder
 */
export function makeFolder(folder) {
  const missing = [];
  for (let at = folder; !isThere(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing) mkdirSync(each);
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'EEXIST' });
  accessSync(folder, constants.W_OK | constants.X_OK);
}

/** @param {string} path */
function isThere(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
