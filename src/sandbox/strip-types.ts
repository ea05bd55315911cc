import type { SourceLocation } from '../engine';
import type { StrategyError } from '../lab/strategy-runner';
import { swcWidth } from './display-width';

/** JavaScript with every character where it was in the TypeScript, or why there is none. */
export type Stripped = { code: string; error?: undefined } | { code?: undefined; error: StrategyError };
export type TypeStripper = (source: string) => Stripped;

/** Longer than any strategy written by hand; parsing time and memory grow with it. In UTF-16 code units. */
export const MAX_SOURCE_LENGTH = 200_000;
/** Brackets within brackets. */
export const MAX_DEPTH = 150;
export const TOO_DEEP = 'The code is nested too deeply to be read.';

/**
 * Loads the type stripper: amaro, which Node uses itself. It replaces types with spaces, so that lines and columns stay
 * the learner's own. It brings 3.5 MB of WebAssembly, hence the late import.
 */
export async function loadTypeStripper(): Promise<TypeStripper> {
  const { transformSync } = await import('amaro');
  return (source) => {
    if (source.length > MAX_SOURCE_LENGTH) {
      const message = `The file is ${source.length} characters long; a strategy may have up to ${MAX_SOURCE_LENGTH}.`;
      return { error: { kind: 'syntax', message } };
    }
    const deep = tooDeep(source);
    if (deep) return { error: { kind: 'syntax', message: TOO_DEEP, ...deep } };
    // A byte order mark would be dropped, and every column of the first line with it.
    const text = source.startsWith('\uFEFF') ? ` ${source.slice(1)}` : source;
    try {
      return { code: transformSync(text, { mode: 'strip-only', filename: 'strategy.ts' }).code };
    } catch (error) {
      return { error: syntaxError(error, text) };
    }
  };
}

/** What amaro throws for the writer's mistakes. `startColumn` counts from 0, in columns of a terminal. */
interface SwcError {
  code: 'UnsupportedSyntax' | 'InvalidSyntax';
  message: string;
  startLine: number;
  startColumn: number;
}

function syntaxError(error: unknown, source: string): StrategyError {
  if (isSwcError(error)) {
    const line = error.startLine;
    const column = columnAt(source.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? '', error.startColumn);
    return { kind: 'syntax', message: inOurWords(error.message), line, column };
  }
  // It is a parser that calls itself for each level: its stack, ours or the WebAssembly one, is used up.
  return { kind: 'syntax', message: TOO_DEEP };
}

/**
 * The first bracket beyond `MAX_DEPTH` of them; those in texts and comments count as well. Parsers call themselves for
 * each level, and how deep they can is the host's affair; this limit is the same everywhere.
 */
function tooDeep(source: string): SourceLocation | undefined {
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const character = source[i];
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) {
      return { line: source.slice(0, i).split('\n').length, column: i - source.lastIndexOf('\n', i) };
    }
  }
  return undefined;
}

function isSwcError(error: unknown): error is SwcError {
  return typeof error === 'object' && error !== null && 'startLine' in error && 'message' in error;
}

/** TypeScript that is more than types, and what to write instead. */
const INSTEAD: readonly [RegExp, string][] = [
  [/enum/, 'An `enum` cannot be used here: it is more than a type. Write `const Kind = { a: 0, b: 1 } as const`.'],
  [/namespace|module/, 'A `namespace` cannot be used here: it is more than a type. Write functions and constants.'],
  [
    /parameter property/,
    'A parameter property (`constructor(private x: number)`) cannot be used here: it is more than a type. ' +
      'Declare the field and assign it.',
  ],
  [/angle-bracket/, 'A type assertion `<T>value` cannot be used here; write `value as T`.'],
  [
    /import equals|import.*require/,
    "`import x = require(…)` cannot be used here; write `import type { Migration } from 'live-migration-lab'`.",
  ],
  [/export assignment/, '`export =` cannot be used here; write `export default`.'],
];

function inOurWords(message: string): string {
  const instead = INSTEAD.find(([pattern]) => pattern.test(message) && /support/.test(message));
  return instead ? instead[1] : `${message.replace(/[.\s]+$/, '')}.`;
}

/** The 1-based UTF-16 column of the character that starts in this terminal column of the line. */
function columnAt(line: string, terminalColumn: number): number {
  let seen = 0;
  let column = 1;
  for (const character of line) {
    if (seen >= terminalColumn) break;
    seen += swcWidth(character);
    column += character.length;
  }
  return column;
}
