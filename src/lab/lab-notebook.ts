import { acceptedBy } from './answer/read-answer';
import { AuthoringError, readLabText, type Piece } from './lab-text';
import { optionsOf } from './course';
import { LAB_METADATA } from './notebook/nbformat';
import { lines } from './notebook/outputs';
import type { Activity, AnswerActivity, Question } from './question';

/** What a cell is for, kept in `metadata.vmlab` so that ids and texts may change without losing it. */
export interface CellRole {
  readonly question: string;
  readonly activity?: string;
  readonly task?: string;
}

interface NotebookCell {
  readonly id: string;
  readonly kind: 'markdown' | 'code';
  readonly role?: CellRole;
  readonly text: string;
}

/**
 * The notebook (nbformat 4.5) that learners get for a question. The same question gives the same bytes.
 * @throws AuthoringError if text and activities do not belong together.
 */
export function labNotebook(question: Question, labText: string): string {
  const cells = withUniqueIds(cellsOf(question, readLabText(labText)));
  const notebook = {
    cells: cells.map(({ id, kind, role, text }) => ({
      cell_type: kind,
      ...(kind === 'code' && { execution_count: null }),
      id,
      metadata: role ? { vmlab: role } : {},
      ...(kind === 'code' && { outputs: [] }),
      source: lines(text),
    })),
    metadata: { ...LAB_METADATA, vmlab: { question: question.id } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

function cellsOf(question: Question, pieces: readonly Piece[]): NotebookCell[] {
  const placed = new Set<string>();
  const ids = question.activities.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice) throw new AuthoringError(`the question has two activities \`${twice}\``);
  const cells = pieces.flatMap((piece): NotebookCell[] => {
    if (piece.kind === 'text') return [{ id: slug(/^#+ (.*)/.exec(piece.text)?.[1] ?? ''), kind: 'markdown', text: piece.text }];
    if (piece.id === undefined) {
      if (piece.kind !== 'experiment') throw new AuthoringError(`lab.md:${piece.line}: \`${piece.kind}\` needs an id`);
      return [{ id: 'experiment', kind: 'code', role: { question: question.id }, text: piece.text }];
    }
    const activity = question.activities.find(({ id, kind }) => id === piece.id && cellKindOf(kind) === piece.kind);
    if (!activity) throw new AuthoringError(`lab.md:${piece.line}: the question has no ${piece.kind} \`${piece.id}\``);
    if (placed.has(piece.id)) throw new AuthoringError(`lab.md:${piece.line}: \`${piece.id}\` stands here a second time`);
    placed.add(piece.id);
    return cellsOfActivity(question.id, activity, piece.text);
  });
  const forgotten = question.activities.find(({ id }) => !placed.has(id));
  if (forgotten) throw new AuthoringError(`lab.md has no cell for the ${forgotten.kind} \`${forgotten.id}\``);
  return cells;
}

function cellsOfActivity(question: string, activity: Activity, text: string): NotebookCell[] {
  const { id } = activity;
  switch (activity.kind) {
    case 'experiment':
      return [{ id: `experiment-${id}`, kind: 'code', role: { question, activity: id }, text }];
    case 'strategy':
      return [{ id: `check-${id}`, kind: 'code', role: { question, task: id }, text: text || `check: ./${activity.file}` }];
    default:
      return [
        { id: `ask-${id}`, kind: 'markdown', text: promptOf(activity) },
        { id: `answer-${id}`, kind: 'code', role: { question, activity: id }, text: text || blankAnswer(activity) },
      ];
  }
}

/** The question as the learner reads it. Keys and replies stay behind. */
function promptOf(activity: AnswerActivity): string {
  const verb: Record<AnswerActivity['kind'], string> = {
    choice: 'Choose one.',
    multiple: 'Choose all that apply.',
    order: 'Put in order.',
    number: 'Work out.',
    prediction: 'Predict.',
    essay: 'Write.',
  };
  const options = optionsOf(activity);
  const list = options.map(({ id, text }) => (text === id ? `- \`${id}\`` : `- \`${id}\`: ${text}`)).join('\n');
  return `**${verb[activity.kind]}** ${activity.prompt}${list ? `\n\n${list}` : ''}`;
}

function blankAnswer(activity: AnswerActivity): string {
  if (activity.kind === 'essay') return 'answer: |\n  ';
  const accepted = acceptedBy(activity).replaceAll('`', '');
  return `# ${accepted}\nanswer: `;
}

function cellKindOf(kind: Activity['kind']): 'experiment' | 'answer' | 'check' {
  return kind === 'experiment' ? 'experiment' : kind === 'strategy' ? 'check' : 'answer';
}

/** nbformat allows letters, digits, `-` and `_`, 64 at most. */
function slug(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 48);
}

/** Text without a heading is named after the cell before it. */
function withUniqueIds(cells: readonly NotebookCell[]): NotebookCell[] {
  const taken = new Set<string>();
  let before = 'lab';
  return cells.map((cell) => {
    const base = cell.id || `after-${before}`.slice(0, 56);
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
    taken.add(id);
    before = id.replace(/^after-/, '');
    return { ...cell, id };
  });
}
