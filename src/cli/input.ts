import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './exit';

/** Larger files are refused: no experiment or strategy written by a person comes near. Bytes. */
const MOST_BYTES = 4 * 2 ** 20;

/** The text of a file, or of standard input for `-`. */
export async function readInput(file: string): Promise<string> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8').catch((error) => refuse(file, error)));
  if (content.length > MOST_BYTES) throw new UsageError(`${file}: larger than 4 MiB; experiments and strategies are short texts.`);
  return content;
}

function refuse(file: string, error: NodeJS.ErrnoException): never {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'this is a folder; a file is needed',
    EACCES: 'this file may not be read',
  };
  throw new UsageError(`${file}: ${reasons[error.code ?? ''] ?? error.message}.`);
}
