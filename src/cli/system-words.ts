/** What the system says about a file, as its reader or writer would say it. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of this path is a file, not a folder',
  EISDIR: 'this is a folder; a file is needed',
  ENAMETOOLONG: 'this name is longer than this computer allows',
  ELOOP: 'links lead in a circle here',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'no space is left to you on the device',
  EFBIG: 'the file has become larger than is allowed',
  EROFS: 'nothing can be written on this device',
  EIO: 'the device reports an error',
  ENXIO: 'there is no such device, or nobody is at its other end',
  ENODEV: 'there is no such device',
  EBUSY: 'the system is using it',
  ETXTBSY: 'it is a program that is running',
  EPIPE: 'whoever was to read it has ended',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this computer',
  EINVAL: 'this cannot be done with such a file',
};

/** Why a file cannot be read, without a full stop. */
export function whyNotRead(error: unknown): string {
  return { ENOENT: 'there is no such file', EACCES: 'this file may not be read', EPERM: 'this file may not be read' }[
    codeOf(error)
  ] ?? words(error, 'it cannot be read');
}

/** Why a file cannot be written, without a full stop. */
export function whyNotWritten(error: unknown): string {
  return { ENOENT: 'there is no such folder', EACCES: 'it may not be written', EPERM: 'it may not be written' }[
    codeOf(error)
  ] ?? words(error, 'it cannot be written');
}

function words(error: unknown, otherwise: string): string {
  const code = codeOf(error);
  return WORDS[code] ?? (code === '' ? otherwise : `${otherwise} (${code})`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
