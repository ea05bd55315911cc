import { fstatSync, writeSync } from 'node:fs';

/**
 * All that people and programs read of a command goes through here. Names of files, keys of documents and what learners'
 * code says are anybody's text: a terminal would obey the control characters in it (ECMA-48), a line break would forge a line,
 * and directional overrides (Unicode Standard Annex 9) would show it in another order. They are shown as what they are.
 */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text that stays on its line, and that a terminal does not obey: ESC becomes `\u001b`, a line break `\n`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same for all texts in a value of plain data. */
export function visibleIn<T>(value: T): T {
  if (typeof value === 'string') return visible(value) as T;
  if (Array.isArray(value)) return (value as unknown[]).map(visibleIn) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [visible(key), visibleIn(inner)])) as T;
}

/** Prints lines for people on standard output. What comes from others should be `visible` before it becomes part of a line. */
export function print(lines: string): void {
  put(`${inLines(lines)}\n`);
}

/** Prints a document on a line of standard output: JSON in which nothing is left that a terminal would obey. */
export function printJson(document: object): void {
  printJsonLines([JSON.stringify(document)]);
}

/** The same for lines that are JSON already. */
export function printJsonLines(lines: readonly string[]): void {
  put(lines.map((line) => `${jsonLine(line)}\n`).join(''));
}

/**
 * Puts a text on standard output, all of it. What Node makes of a file there takes for written what was written in part, as
 * the last of a full disk is (node/lib/internal/fs/sync_write_stream.js).
 */
function put(text: string): void {
  if (!isFile) {
    process.stdout.write(text);
    return;
  }
  const bytes = Buffer.from(text);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(process.stdout.fd, bytes, written);
  } catch (error) {
    process.stdout.emit('error', error);
  }
}

const isFile = fstatSync(process.stdout.fd).isFile();

/** A line of JSON, such that nothing is left in it that a terminal would obey. */
export function jsonLine(json: string): string {
  return json.replace(UNSEEN, unicodeEscape);
}

/** Says something on standard error that is no result. */
export function remark(sentence: string): void {
  console.error(visible(sentence));
}

/** Says on standard error what is the matter, each sentence on a line of its own. */
export function tell(...sentences: readonly string[]): void {
  for (const sentence of sentences) remark(`vmlab: ${sentence}`);
}

function inLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  return SHORT[character] ?? unicodeEscape(character);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
