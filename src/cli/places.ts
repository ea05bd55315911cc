import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { nameOfInput } from './input';

/** Where things stand in an experiment that was read without a problem: for what only its runs show to be wrong. */
export class Places {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(
    private readonly file: string,
    text: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines });
  }

  /** `file:line:column` of the first of these nodes that is one; else of the document's start. */
  of(...nodes: unknown[]): string {
    const node = nodes.find((each) => isNode(each) && each.range);
    const { line, col } = isNode(node) && node.range ? this.#lines.linePos(node.range[0]) : { line: 1, col: 1 };
    return `${nameOfInput(this.file)}:${line}:${col}`;
  }

  /** The value of a setting, at a point of the sweep if it is swept. */
  setting(key: string, point: Readonly<Record<string, string>> = {}): unknown {
    const swept = this.sweep(key);
    if (isSeq(swept)) return swept.items.find((item) => isScalar(item) && String(item.value) === point[key]) ?? swept;
    const [first, second] = key.split('.');
    const node = this.#document.get(first, true);
    if (second === undefined) return node;
    // `link: 1 Gbit/s` stands for its bandwidth.
    return isMap(node) ? node.get(second, true) : isScalar(node) ? node : undefined;
  }

  /** What a setting is swept over. */
  sweep(key: string): unknown {
    const sweep = this.#document.get('sweep', true);
    const short: Readonly<Record<string, string>> = { 'link.bandwidth': 'link', tracking: 'tracking.use' };
    return isMap(sweep) ? (sweep.get(key, true) ?? (short[key] && sweep.get(short[key], true))) : undefined;
  }

  /** The technique of this number in the document's order, or a part of it. */
  technique(number: number, part?: string): unknown {
    const compare = this.#document.get('compare', true);
    const technique = isSeq(compare) ? compare.items[number] : this.#document.get('technique', true);
    return part === undefined ? technique : isMap(technique) ? technique.get(part, true) : undefined;
  }

  /** Where a strategy's file is named first. */
  strategy(name: string): unknown {
    let found: unknown;
    for (const key of ['technique', 'compare']) {
      const node = this.#document.get(key, true);
      if (!isNode(node)) continue;
      visit(node, {
        Scalar: (_, scalar) => {
          if (scalar.value !== name) return undefined;
          found ??= scalar;
          return visit.BREAK;
        },
      });
    }
    return found;
  }
}
