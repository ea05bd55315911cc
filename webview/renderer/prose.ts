import { element } from './dom';

/** A piece of a sentence: plain, or `code`, or **strong**. */
export interface Span {
  text: string;
  style?: 'code' | 'strong';
}

/** Paragraphs and lists: all the Markdown that explanations and feedback use. */
export type Block = { kind: 'paragraph'; spans: Span[] } | { kind: 'list'; items: Span[][] };

/** Reads the little Markdown of explanations. What it does not know stays as it stands. */
export function readProse(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const part of markdown.split(/\n\s*\n/)) {
    let lines: string[] = [];
    const flush = () => {
      if (lines.length > 0) blocks.push({ kind: 'paragraph', spans: readSpans(lines.join(' ')) });
      lines = [];
    };
    for (const line of part.split('\n').map((l) => l.trim())) {
      if (line === '') continue;
      const item = /^[-*] (.*)$/.exec(line)?.[1];
      const last = blocks.at(-1);
      if (item === undefined) {
        lines.push(line);
        continue;
      }
      flush();
      if (last?.kind === 'list') last.items.push(readSpans(item));
      else blocks.push({ kind: 'list', items: [readSpans(item)] });
    }
    flush();
  }
  return blocks;
}

function readSpans(text: string): Span[] {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*)/);
  return parts.flatMap((part, i): Span[] => {
    if (part === '') return [];
    if (i % 2 === 0) return [{ text: part }];
    return [
      part.startsWith('`') ? { text: part.slice(1, -1), style: 'code' } : { text: part.slice(2, -2), style: 'strong' },
    ];
  });
}

export function prose(markdown: string): HTMLElement[] {
  return readProse(markdown).map((block) =>
    block.kind === 'paragraph'
      ? element('p', {}, ...spanNodes(block.spans))
      : element('ul', {}, ...block.items.map((item) => element('li', {}, ...spanNodes(item)))),
  );
}

/** One line, without paragraphs around it. */
export function sentence(markdown: string): (HTMLElement | string)[] {
  return readProse(markdown).flatMap((block) =>
    block.kind === 'paragraph' ? spanNodes(block.spans) : block.items.flatMap(spanNodes),
  );
}

function spanNodes(spans: Span[]): (HTMLElement | string)[] {
  return spans.map(({ text, style }) => (style ? element(style, {}, text) : text));
}
