import { openSync, writeSync } from 'node:fs';
import { UsageError } from './exit';

/** Where the events of a run go, line by line: to a file, or to standard output for `-`. */
export function eventFile(file: string): (lines: readonly string[]) => void {
  if (file === '-') return (lines) => void process.stdout.write(`${lines.join('\n')}\n`);
  const descriptor = open(file);
  return (lines) => void writeSync(descriptor, `${lines.join('\n')}\n`);
}

function open(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such folder',
      EISDIR: 'this is a folder; a file is needed',
      EACCES: 'this file may not be written',
    };
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file}: ${reasons[code ?? ''] ?? message}.`);
  }
}
