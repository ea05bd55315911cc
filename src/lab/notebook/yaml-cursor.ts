/** Where in an experiment's YAML somebody is typing. Looks at characters, because half-written YAML has no tree. */
export interface YamlCursor {
  /** The keys above the cursor, from the document's top; for a value also its own key. */
  path: string[];
  /** Is a key being written here, or a value? */
  at: 'key' | 'value';
  /** Where the word begins that is being written. */
  start: number;
}

interface Frame {
  open: '{' | '[';
  key?: string;
}

export function yamlCursor(text: string, offset: number): YamlCursor {
  const block: { indent: number; key: string }[] = [];
  const flow: Frame[] = [];
  let lineStart = 0;
  for (;;) {
    const lineEnd = text.indexOf('\n', lineStart);
    const last = lineEnd < 0 || lineEnd >= offset;
    const line = text.slice(lineStart, last ? offset : lineEnd);
    let at = 0;
    let hasKey = false;
    if (flow.length === 0) {
      const indent = line.length - line.trimStart().length;
      // The keys of a list's entry stand behind its dash, which may itself stand right below the list's key.
      const dash = /^\s*-(?:\s+|$)/.exec(line)?.[0].length;
      const key = /^\s*(?:-\s+)?(["']?)([\w.-]+)\1\s*:(?=\s|$)/.exec(line);
      const blank = line.trim() === '' && !last;
      const least = dash === undefined ? indent : indent + 1;
      while (!blank && block.length > 0 && block.at(-1)!.indent >= least) block.pop();
      if (key) {
        block.push({ indent: dash ?? indent, key: key[2]! });
        at = key[0].length;
        hasKey = true;
      }
    }
    const word = readFlow(line, at, flow);
    if (last) {
      const inFlow = flow.at(-1);
      const path = [...block.map((b) => b.key), ...flow.flatMap((f) => f.key ?? [])];
      const value = inFlow ? inFlow.open === '[' || inFlow.key !== undefined : hasKey || /^\s*- /.test(line);
      const start = lineStart + word + (/^\s*(- )?/.exec(line.slice(word))?.[0].length ?? 0);
      return { path, at: value ? 'value' : 'key', start };
    }
    lineStart = lineEnd + 1;
  }
}

/** Follows brackets, keys and commas to the line's end; returns where the last word begins. */
function readFlow(line: string, from: number, flow: Frame[]): number {
  let word = from;
  for (let i = from; i < line.length; i++) {
    const c = line[i]!;
    const top = flow.at(-1);
    if (c === '#' && /\s/.test(line[i - 1] ?? ' ')) return line.length;
    if ((c === '{' || c === '[') && line.slice(word, i).trim() === '') {
      flow.push({ open: c });
      word = i + 1;
    } else if (top && (c === '}' || c === ']')) {
      flow.pop();
      word = i + 1;
    } else if (top && c === ',') {
      delete top.key;
      word = i + 1;
    } else if (top?.open === '{' && c === ':' && /\s/.test(line[i + 1] ?? ' ')) {
      top.key = line.slice(word, i).trim();
      word = i + 1;
    }
  }
  return word;
}
