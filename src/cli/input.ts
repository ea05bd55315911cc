import { open, stat } from 'node:fs/promises';
import { UsageError } from './exit';
import { mayBlock, promptly } from './signals';
import { whyNotRead } from './system-words';

/** Larger files are refused: no experiment or strategy written by a person comes near. Bytes. */
const MOST_BYTES = 4 * 2 ** 20;

/**
 * The text of a file, or of standard input for `-`.
 * @param named how its reader is told which file is meant, if not by its path alone
 */
export async function readInput(file: string, named = nameOfInput(file)): Promise<string> {
  if (file === '') throw new UsageError('the name of a file is empty: name a file, or - for standard input.');
  const bytes = await (file === '-' ? readAll(process.stdin) : readFile(file)).catch((error: unknown) => {
    throw new UsageError(`${named}: ${whyNotRead(error)}.`);
  });
  if (bytes.length > MOST_BYTES) throw new UsageError(`${named}: larger than 4 MiB; experiments and strategies are short texts.`);
  return textOf(bytes, named);
}

/** How messages call it. */
export function nameOfInput(file: string): string {
  return file === '-' ? 'standard input' : file;
}

async function readFile(file: string): Promise<Buffer> {
  // A pipe may have nobody at its other end.
  const reached = (await stat(file)).isFile() ? promptly : mayBlock;
  return reached(async () => {
    const handle = await open(file);
    try {
      return await readAll(handle.createReadStream({ autoClose: false }));
    } finally {
      await handle.close();
    }
  });
}

/** No more than it takes to see that it is too much: a device may never end. */
async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    parts.push(Buffer.from(part as Uint8Array));
    bytes += part.length;
    if (bytes > MOST_BYTES) break;
  }
  return Buffer.concat(parts);
}

function textOf(bytes: Buffer, named: string): string {
  const [first, second] = bytes;
  // The byte order marks of UTF-16 (Unicode Standard 23.8); text without one has zeros in it that UTF-8 never has.
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) throw new UsageError(`${named}: this is UTF-16; save it as UTF-8.`);
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new UsageError(`${named}: byte ${zero + 1} is zero: this is no text, or UTF-16; save it as UTF-8.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${named}:${placeOfOther(bytes)}: this is not UTF-8; save it as UTF-8.`);
  }
}

/** The line and column of the first byte that is no UTF-8. */
function placeOfOther(bytes: Buffer): string {
  const read = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  // What was no UTF-8 reads as this character; one that was written as such encodes to itself.
  let at = read.indexOf('\ufffd');
  while (at >= 0 && bytes.subarray(Buffer.byteLength(read.slice(0, at))).subarray(0, 3).equals(REPLACEMENT)) {
    at = read.indexOf('\ufffd', at + 1);
  }
  const before = read.slice(0, Math.max(0, at)).split('\n');
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

const REPLACEMENT = Buffer.from('\ufffd');
