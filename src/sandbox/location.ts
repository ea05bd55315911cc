import type { SourceLocation } from '../engine';

/** The name under which QuickJS knows the learner's file; it marks the learner's own lines in a stack trace. */
export const LEARNERS_FILE = 'strategy.ts';
const FRAME = /[ (]strategy\.ts:(\d+):(\d+)\)?$/m;

/** The innermost of the learner's own lines in a stack trace of QuickJS. */
export function locationIn(stack: string, sourceLines: readonly string[]): SourceLocation | undefined {
  const frame = FRAME.exec(stack);
  if (!frame) return undefined;
  const line = Number(frame[1]);
  // QuickJS counts bytes of UTF-8 from the line break before; on the first line there is none.
  const byte = Number(frame[2]) - (line === 1 ? 0 : 1);
  return { line, column: columnOfByte(sourceLines[line - 1] ?? '', byte) };
}

/** How far above a call's last argument its beginning may be, lines. */
const REACH = 20;

/**
 * Where the expression begins that starts with this word (`yield`, or a verb with what stands before its dot) and that
 * is running at `near`: QuickJS gives the place of the last name that it has looked at, which may be in an argument.
 */
export function beginningOf(word: string, near: SourceLocation, sourceLines: readonly string[]): SourceLocation {
  const expression = new RegExp(`(?:[\\w$]+\\s*\\.\\s*)*\\b${word}\\b`, 'g');
  for (let line = near.line; line > 0 && line > near.line - REACH; line--) {
    const limit = line === near.line ? near.column : Infinity;
    const starts = [...(sourceLines[line - 1] ?? '').matchAll(expression)].map(({ index }) => index + 1);
    const last = starts.filter((column) => column <= limit).at(-1);
    if (last !== undefined) return { line, column: last };
  }
  return near;
}

const LOOP = /\b(?:for|while|do)\b/;

/**
 * The loop that most likely does not end, for a guest that was interrupted: QuickJS gives the place of the last call
 * before, or where the function begins, unless a built-in function was at work. So: the next loop in the same block,
 * by indentation; else the loop around; else the place itself.
 */
export function loopAt(place: SourceLocation, stack: string, sourceLines: readonly string[]): SourceLocation {
  if (/^[^\n]*\(native\)/.test(stack)) return place;
  const code = sourceLines.map((line) => line.replace(/\/\/.*/, ''));
  const indentation = (line: string) => line.search(/\S/);
  const found = (index: number) => ({ line: index + 1, column: code[index].search(LOOP) + 1 });
  const start = place.line - 1;
  const level = indentation(code[start] ?? '');
  for (let i = start; i < code.length; i++) {
    if (code[i].trim() !== '' && indentation(code[i]) < level) break;
    if (LOOP.test(code[i])) return found(i);
  }
  for (let i = start - 1; i >= 0; i--) {
    if (LOOP.test(code[i]) && indentation(code[i]) < level) return found(i);
  }
  return place;
}

/** Where the first match is, 1-based. */
export function locationOf(pattern: RegExp, source: string): SourceLocation | undefined {
  const index = source.search(pattern);
  if (index < 0) return undefined;
  const before = source.slice(0, index).split('\n');
  return { line: before.length, column: before[before.length - 1].length + 1 };
}

/** The 1-based UTF-16 column of the character at this offset in the line's UTF-8. */
function columnOfByte(line: string, byte: number): number {
  let seen = 0;
  let column = 1;
  for (const character of line) {
    if (seen >= byte) break;
    const code = character.codePointAt(0)!;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    column += character.length;
  }
  return column;
}
