/**
 * JSON that comes back byte for byte, whatever its spelling.
 *
 * `toJson` gives what `JSON.parse` would, except where printing that would spell it differently (`1.0`, integers beyond
 * 2^53, `\u00e9`, keys that JavaScript reorders, unusual white space): there stands `{ "$raw": text }`, which `print`
 * writes out as it is. Written by hand because `JSON.rawJSON` and the reviver's `context.source` do not exist in
 * Node 20, and because a reader of our own can say where a mistake is.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** How a document is laid out. */
export interface Style {
  /** One level of indentation. */
  indent: string;
  /** Line break; empty if the document is written on one line. */
  newline: '' | '\n' | '\r\n';
  /** What stands between a key and its value. */
  colon: string;
  /** What stands between two items, before the line break. */
  comma: string;
}

/** A piece of a document: where it stands in the text, and what is in it. */
export interface Node {
  start: number;
  end: number;
  /** The members of an object, in order. */
  members?: { name: string; node: Node }[];
  /** The items of a list. */
  items?: Node[];
  /** A string, number, boolean or null. */
  leaf?: string | number | boolean | null;
  /** `print` would spell it the same; for a list or an object, leaving aside what is in it. */
  regular: boolean;
}

export interface Document {
  text: string;
  style: Style;
  root: Node;
}

/** Bad JSON. The message is one sentence with the place in it; `line` and `column` count from 1. */
export class JsonError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(text: string, offset: number, problem: string) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`Line ${line}, column ${column}: ${problem}.`);
    this.line = line;
    this.column = column;
  }
}

/** Deeper nesting than this is refused, because the alternative would be a stack overflow. */
const MAX_DEPTH = 500;
/** JavaScript moves keys that look like an index to the front; the other two mean something else. */
const SPECIAL_KEY = /^(0|[1-9]\d*|\$raw|__proto__)$/;
const SPACE = /[ \t\r\n]*/y;
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Reads a document. Throws a `JsonError`. */
export function parse(text: string): Document {
  const style = styleOf(text);
  let at = text.startsWith('\ufeff') ? 1 : 0;
  space();
  const root = value(0);
  space();
  if (at < text.length) fail('there is more text after the end of the document');
  return { text, style, root };

  function fail(problem: string): never {
    const more = at < text.length ? problem : `the file ends here, but ${problem}`;
    throw new JsonError(text, at, more);
  }

  function match(pattern: RegExp): string {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  }

  function space(): string {
    return match(SPACE);
  }

  function value(depth: number): Node {
    if (depth > MAX_DEPTH) fail(`lists and objects are nested more than ${MAX_DEPTH} deep`);
    const c = text[at];
    return c === '{' ? object(depth) : c === '[' ? array(depth) : c === '"' ? string() : word();
  }

  function object(depth: number): Node {
    const start = at;
    const members: { name: string; node: Node }[] = [];
    const names = new Set<string>();
    let keysRegular = true;
    const layoutRegular = list('}', depth, () => {
      if (text[at] !== '"') fail('a key in double quotes is expected');
      const key = string();
      const name = key.leaf as string;
      keysRegular &&= key.regular && !names.has(name) && !SPECIAL_KEY.test(name);
      names.add(name);
      const afterKey = at;
      space();
      if (text[at] !== ':') fail(`a colon is expected after the key "${name.slice(0, 40)}"`);
      at++;
      space();
      keysRegular &&= text.slice(afterKey, at) === style.colon;
      members.push({ name, node: value(depth + 1) });
    });
    return { start, end: at, members, regular: layoutRegular && keysRegular };
  }

  function array(depth: number): Node {
    const start = at;
    const items: Node[] = [];
    const regular = list(']', depth, () => items.push(value(depth + 1)));
    return { start, end: at, items, regular };
  }

  /** Reads items up to the closing character; says whether the white space is what `print` would write. */
  function list(close: string, depth: number, item: () => void): boolean {
    at++;
    let gap = space();
    if (text[at] === close) {
      at++;
      return gap === '';
    }
    const between = lineBreak(style, depth + 1);
    let regular = gap === between;
    for (;;) {
      item();
      const end = at;
      gap = space();
      if (text[at] === close) break;
      if (text[at] !== ',') fail(`a comma or "${close}" is expected`);
      at++;
      space();
      regular &&= text.slice(end, at) === style.comma + between;
    }
    at++;
    return regular && gap === lineBreak(style, depth);
  }

  function string(): Node {
    const start = at++;
    for (;;) {
      match(PLAIN_CHARACTERS);
      if (text[at] === '"') break;
      if (text[at] !== '\\') fail('a closing quote is expected; line breaks in a string are written \\n');
      if (match(ESCAPE) === '') fail('one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000 is expected here');
    }
    at++;
    const raw = text.slice(start, at);
    const leaf = JSON.parse(raw) as string;
    return { start, end: at, leaf, regular: JSON.stringify(leaf) === raw };
  }

  function word(): Node {
    const start = at;
    const raw = match(WORD);
    if (raw === '') fail('a value is expected: "text", number, true, false, null, list or object');
    const leaf = JSON.parse(raw) as number | boolean | null;
    return { start, end: at, leaf, regular: String(leaf) === raw };
  }
}

/** The value of a node, with `{ "$raw": text }` where it must be kept as it is spelt. */
export function toJson(document: Document, node: Node): Json {
  if (!node.regular) return { $raw: document.text.slice(node.start, node.end) };
  if (node.items) return node.items.map((item) => toJson(document, item));
  if (node.members) return Object.fromEntries(node.members.map((m) => [m.name, toJson(document, m.node)]));
  return node.leaf ?? null;
}

/** The member of an object, if it is one and has it. */
export function member(node: Node | undefined, name: string): Node | undefined {
  // The last one counts if a key stands there twice, as in JSON.parse.
  return node?.members?.filter((m) => m.name === name).at(-1)?.node;
}

/** The value as a program wants it: without any `$raw`. */
export function plain(json: Json): Json {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(plain);
  if (isRaw(json)) return JSON.parse(json.$raw) as Json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, plain(value)]));
}

/** Writes a value in a document's style; `depth` is how many levels it is indented. */
export function print(json: Json, style: Style, depth = 0): string {
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  if (isRaw(json)) return json.$raw;
  const items = Array.isArray(json)
    ? json.map((item) => print(item, style, depth + 1))
    : Object.entries(json)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => JSON.stringify(key) + style.colon + print(value, style, depth + 1));
  const [open, close] = Array.isArray(json) ? '[]' : '{}';
  if (items.length === 0) return `${open}${close}`;
  const between = lineBreak(style, depth + 1);
  return `${open}${between}${items.join(style.comma + between)}${lineBreak(style, depth)}${close}`;
}

export function isRaw(json: Json | undefined): json is { $raw: string } {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && typeof json.$raw === 'string';
}

function lineBreak(style: Style, depth: number): string {
  return style.newline === '' ? '' : style.newline + style.indent.repeat(depth);
}

/** The layout that a document's beginning shows. */
function styleOf(text: string): Style {
  const space = /"[ \t]*:([ \t]*)/.exec(text)?.[1] ?? ' ';
  const first = /^\ufeff?\s*[[{][ \t]*(\r?\n)([ \t]*)/.exec(text);
  if (!first) return { indent: '', newline: '', colon: `:${space}`, comma: space === '' ? ',' : ', ' };
  return { indent: first[2] ?? '', newline: first[1] === '\r\n' ? '\r\n' : '\n', colon: `:${space}`, comma: ',' };
}
