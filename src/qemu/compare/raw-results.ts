import { appendFile, readFile } from 'node:fs/promises';
import type { Cell } from './cell';
import type { Measurement } from './outcome';

/** What a file of raw results holds; nothing if there is no such file. A line that was cut off when it was written is left out. */
export async function readResults(file: string): Promise<Measurement[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseResults(text);
}

/** Pure. @throws SyntaxError for a line, other than a last one that was cut off, that is no measurement */
export function parseResults(text: string): Measurement[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const measurements = lines.flatMap((line, i) => (line.trim() === '' ? [] : [parse(line, i + 1)]));
  return last.trim() === '' ? measurements : [...measurements, ...unlessCutOff(last, lines.length + 1)];
}

/** How each line begins that was written here. */
const BEGINNING = '{"cell":';

/** A line that was cut off still begins as those of ours do. */
function unlessCutOff(line: string, number: number): Measurement[] {
  try {
    return [parse(line, number)];
  } catch (error) {
    if (BEGINNING.startsWith(line.slice(0, BEGINNING.length))) return [];
    throw error;
  }
}

function parse(line: string, number: number): Measurement {
  const value = jsonOf(line) as Partial<Measurement> | null | undefined;
  const holds =
    typeof value?.repetition === 'number' && typeof value.cell?.technique === 'string' && typeof value.real?.totalSeconds === 'number';
  if (!holds) throw new SyntaxError(`line ${number} is no measurement of \`vmlab qemu compare\``);
  return value as Measurement;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Adds one line, after a new line if the file ends in the middle of one. */
export async function addResult(file: string, measurement: Measurement): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(measurement)}\n`);
}

/** One repetition that is still to be made. */
export interface Task {
  readonly cell: Cell;
  readonly repetition: number;
}

/**
 * What is left to be measured. All cells once, then all of them again, so that a comparison that is cut off has seen
 * every cell, and what the computer does meanwhile is spread over all of them.
 */
export function tasksLeft(cells: readonly Cell[], repetitions: number, done: readonly Measurement[]): Task[] {
  const key = (cell: Cell, repetition: number): string => JSON.stringify([cell, repetition]);
  const made = new Set(done.map(({ cell, repetition }) => key(cell, repetition)));
  return Array.from({ length: repetitions }, (_, i) => i + 1)
    .flatMap((repetition) => cells.map((cell) => ({ cell, repetition })))
    .filter(({ cell, repetition }) => !made.has(key(cell, repetition)));
}
