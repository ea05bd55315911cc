/** A piece of a question's `lab.md`: text, or a cell that does something. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `id` is the activity's or the task's; an experiment may go without. `line` is where the cell begins, 1-based. */
  | {
      readonly kind: 'experiment' | 'answer' | 'check';
      readonly id?: string;
      readonly text: string;
      readonly line: number;
    };

/** A mistake in a question's own files, for its author. */
export class AuthoringError extends Error {
  override readonly name = 'AuthoringError';
}

const FENCE = /^(`{3,})(.*)$/;
const CELL = /^yaml (experiment|answer|check)(?:=([a-z0-9-]+))?$/;

/**
 * Cuts `lab.md` into cells: a line `---` ends a text cell, and a fence ```` ```yaml experiment=… ````, `answer=…` or
 * `check=…` is a code cell. Every other fence is part of the text.
 */
export function readLabText(markdown: string): Piece[] {
  const pieces: Piece[] = [];
  let text: string[] = [];
  const endText = () => {
    const joined = text.join('\n').trim();
    if (joined !== '') pieces.push({ kind: 'text', text: joined });
    text = [];
  };
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const fence = FENCE.exec(lines[i]);
    if (fence) {
      const end = lines.findIndex((line, n) => n > i && line.trimEnd() === fence[1]);
      if (end < 0) throw new AuthoringError(`lab.md:${i + 1}: this fence is never closed`);
      const cell = CELL.exec(fence[2].trim());
      if (cell) {
        endText();
        const kind = cell[1] as 'experiment' | 'answer' | 'check';
        pieces.push({
          kind,
          id: cell[2],
          text: lines
            .slice(i + 1, end)
            .join('\n')
            .trim(),
          line: i + 1,
        });
      } else text.push(...lines.slice(i, end + 1));
      i = end;
    } else if (lines[i].trim() === '---') endText();
    else text.push(lines[i]);
  }
  endText();
  return pieces;
}
