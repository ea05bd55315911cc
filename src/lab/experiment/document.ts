import { isAlias, isNode, isScalar, parseDocument, Scalar, visit, type ParsedNode, type YAMLMap } from 'yaml';
import type { Problem } from './experiment';

/**
 * YAML (and so JSON) as a tree with positions. Everything that makes YAML surprising is refused here: anchors and
 * aliases (a few lines of them can stand for gigabytes), tags, duplicate keys, several documents.
 */
export interface SourceDocument {
  /** Absent if the text is empty or could not be read at all. */
  readonly root?: ParsedNode;
  readonly problems: Problem[];
  /** A problem at a node, or at the document's start. */
  problemAt(node: unknown, message: string): Problem;
  /** The text of a node as its author wrote it, shortened. */
  textOf(node: unknown): string;
}

/** Longer than any experiment, short enough to read in a millisecond. */
const MAX_CHARACTERS = 65_536;
/** The document needs four levels. */
const MAX_DEPTH = 32;

export function readDocument(text: string): SourceDocument {
  const lines = new LineStarts(text);
  const at = (start: number, end: number, message: string): Problem => ({ message, ...lines.span(start, end) });
  const textOf = (node: unknown): string => {
    if (!isNode(node) || !node.range) return '';
    const source = text.slice(node.range[0], node.range[1]).replace(/\s+/g, ' ').trim();
    return source.length > 40 ? `${source.slice(0, 40)}…` : source;
  };
  const problemAt = (node: unknown, message: string): Problem =>
    isNode(node) && node.range ? at(node.range[0], node.range[1], message) : at(0, 0, message);
  const refuse = (start: number, message: string): SourceDocument => ({
    problems: [at(start, start + 1, message)],
    problemAt,
    textOf,
  });

  if (text.length > MAX_CHARACTERS) {
    return refuse(0, `The text has ${text.length} characters; at most ${MAX_CHARACTERS} are read.`);
  }
  const deep = tooDeep(text);
  if (deep !== undefined)
    return refuse(
      deep,
      `Brackets or dashes are nested more than ${MAX_DEPTH} deep here; no cell needs more than four levels.`,
    );

  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', uniqueKeys: true });
  // The visit below says it better.
  const untagged = document.warnings.filter((warning) => warning.code !== 'TAG_RESOLVE_FAILED');
  const problems = [...document.errors, ...untagged].map((error) =>
    at(error.pos[0], Math.max(error.pos[1], wordEnd(text, error.pos[0])), sentence(error.code, error.message)),
  );
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || ('anchor' in node && node.anchor)) {
        problems.push(
          problemAt(node, 'Anchors and aliases (`&`, `*`) are not accepted here: write the value out.'),
        );
      } else if (node.tag?.startsWith('!') || node.tag?.startsWith('tag:')) {
        problems.push(problemAt(node, 'Tags (`!`) are not accepted here: leave the tag out.'));
      }
    },
  });
  return { root: document.contents ?? undefined, problems, problemAt, textOf };
}

/**
 * A mapping's entries, each with its key's text; entries whose key is not a plain name become a problem.
 * A key without a value (`{ memory }`, `memory:`) gets an empty one that stands where the key stands.
 */
export function entriesOf(map: YAMLMap, document: SourceDocument): { name: string; key: unknown; value: unknown }[] {
  return map.items.flatMap(({ key, value }) => {
    if (isScalar(key) && ['string', 'number', 'boolean'].includes(typeof key.value)) {
      const isEmpty = !value || (isScalar(value) && value.value === null && document.textOf(value) === '');
      return [
        {
          name: String(key.value),
          key,
          value: isEmpty ? Object.assign(new Scalar(null), { range: key.range }) : value,
        },
      ];
    }
    document.problems.push(document.problemAt(key ?? value, 'A key must be a plain name, such as `guest`.'));
    return [];
  });
}

/** The parser marks one character; a whole word is easier to see. */
function wordEnd(text: string, start: number): number {
  return start + (/^[\w.-]*/.exec(text.slice(start, start + 80))?.[0].length ?? 0);
}

/** The codes are the library's own; its sentences are kept where they are already clear. */
function sentence(code: string, message: string): string {
  const known: Record<string, string> = {
    DUPLICATE_KEY: 'This key stands here twice: keep one of them.',
    MULTIPLE_DOCS: 'Only one document may stand here: remove the `---` and what follows.',
    TAB_AS_INDENT: 'A tab cannot indent YAML: use spaces.',
    TAG_RESOLVE_FAILED: 'Tags (`!`) are not accepted here: leave the tag out.',
  };
  if (/^Missing closing ["']quote/.test(message)) return 'This is not valid YAML: a closing quotation mark is missing.';
  const first = message.split('\n')[0].trim().replace(/[.:]$/, '');
  return known[code] ?? `This is not valid YAML: ${first}.`;
}

/** Where flow brackets or block dashes nest too deeply for the parser's stack, if they do. Looks at characters only. */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  let dashes = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    else if (character === '\n') dashes = 0;
    else if ((character === '-' || character === '?' || character === ':') && /\s/.test(text[i + 1] ?? ' ')) dashes++;
    if (depth > MAX_DEPTH || dashes > 2 * MAX_DEPTH) return i;
  }
  return undefined;
}

/** Offsets to 1-based lines and columns that lie inside the text. */
class LineStarts {
  private readonly starts = [0];

  constructor(private readonly text: string) {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.starts.push(i + 1);
  }

  span(start: number, end: number) {
    const from = Math.min(Math.max(0, start), this.text.length);
    const to = Math.min(Math.max(from, end), this.text.length);
    const first = this.position(from);
    const last = this.position(to);
    return { line: first.line, column: first.column, endLine: last.line, endColumn: last.column };
  }

  private position(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.starts[low] + 1 };
  }
}
