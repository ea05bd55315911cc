import { isMap, isScalar, isSeq } from 'yaml';
import { entriesOf, readDocument } from '../experiment/document';
import { duration, size } from '../experiment/quantity';
import type { AnswerActivity, NumberUnit, Option } from '../question';

/** What an answer cell says: nothing yet, an answer, or text that is no answer to this activity, and why not. */
export type ReadAnswer =
  | { readonly kind: 'empty'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly message: string; readonly line: number; readonly column: number }
  | { readonly kind: 'answer'; readonly value: string | number | readonly string[] };

type Value = { readonly value: string | number | readonly string[] } | { readonly problem: string };

/** Longer than any essay that somebody will read. */
const MAX_CHARACTERS = 20_000;

/** Reads `answer: …` as an answer to this activity. Never throws, whatever the text. */
export function readAnswer(activity: AnswerActivity, text: string): ReadAnswer {
  const accepted = acceptedBy(activity);
  const nothing: ReadAnswer = { kind: 'empty', message: `No answer yet. Write \`answer: \` and ${accepted}.` };
  const unreadable = (message: string, line = 1, column = 1): ReadAnswer => ({
    kind: 'unreadable',
    message,
    line,
    column,
  });
  if (text.length > MAX_CHARACTERS)
    return unreadable(`The answer has ${text.length} characters; at most ${MAX_CHARACTERS} are read.`);

  const document = readDocument(text);
  const [broken] = document.problems;
  if (broken) return unreadable(broken.message, broken.line, broken.column);
  const { root } = document;
  if (!root || (isScalar(root) && root.value === null)) return nothing;
  if (!isMap(root)) return unreadable(`An answer cell says \`answer: \` and ${accepted}.`);
  const entries = entriesOf(root, document);
  const answer = entries.find(({ name }) => name === 'answer');
  const other = entries.find(({ name }) => name !== 'answer');
  if (other) {
    const { line, column } = document.problemAt(other.key, '');
    return unreadable(
      `\`${other.name.slice(0, 40)}\` does not belong in an answer cell, which says \`answer: \` and ${accepted}.`,
      line,
      column,
    );
  }
  if (!answer || (isScalar(answer.value) && (answer.value.value === null || answer.value.value === ''))) return nothing;
  const read = readValue(activity, answer.value);
  if ('value' in read) return { kind: 'answer', value: read.value };
  const { line, column } = document.problemAt(answer.value, '');
  const shown = document.textOf(answer.value);
  return unreadable(`\`${shown}\` ${read.problem}. Accepted: ${accepted}.`, line, column);
}

/** What an activity takes, as it stands in a sentence. */
export function acceptedBy(activity: AnswerActivity): string {
  switch (activity.kind) {
    case 'choice':
      return `one of ${ids(activity.options)}`;
    case 'multiple':
      return `a list of those that apply, such as \`[this, that]\`, from ${ids(activity.options)}`;
    case 'order':
      return `a list in the right order, such as \`[this, that]\`, from ${ids(activity.options)}`;
    case 'number':
      return acceptedUnit(activity.unit);
    case 'prediction':
      return 'options' in activity.ask ? `one of ${ids(activity.ask.options)}` : acceptedUnit(activity.ask.unit);
    case 'essay':
      return 'your text, in the lines after `answer: |`, each indented by two spaces';
  }
}

function readValue(activity: AnswerActivity, node: unknown): Value {
  switch (activity.kind) {
    case 'choice':
      return readOption(activity.options, node);
    case 'multiple':
    case 'order':
      return readOptions(activity.options, node);
    case 'number':
      return readNumber(activity.unit, node);
    case 'prediction':
      return 'options' in activity.ask ? readOption(activity.ask.options, node) : readNumber(activity.ask.unit, node);
    case 'essay':
      return isScalar(node) ? { value: String(node.value) } : { problem: 'is not plain text' };
  }
}

function readOption(options: readonly Option[], node: unknown): Value {
  if (!isScalar(node)) return { problem: 'is not one choice' };
  const text = String(node.value).trim().toLowerCase();
  const option = options.find(({ id }) => id.toLowerCase() === text);
  return option ? { value: option.id } : { problem: 'is not among the choices' };
}

function readOptions(options: readonly Option[], node: unknown): Value {
  const items = isSeq(node) ? node.items : [node];
  const chosen: string[] = [];
  for (const item of items) {
    const read = readOption(options, item);
    if ('problem' in read)
      return {
        problem: isScalar(item)
          ? `holds \`${String(item.value).slice(0, 40)}\`, which ${read.problem}`
          : 'is not a list of choices',
      };
    if (chosen.includes(String(read.value))) return { problem: `holds \`${String(read.value)}\` twice` };
    chosen.push(String(read.value));
  }
  return { value: chosen };
}

function readNumber(unit: NumberUnit, node: unknown): Value {
  if (!isScalar(node)) return { problem: 'is not one number' };
  const text = String(node.value).trim();
  if (unit === 'duration' || unit === 'size') {
    const value = (unit === 'duration' ? duration : size).read(text);
    return typeof value === 'number' ? { value } : value;
  }
  const plain = unit === 'pages' ? text.replace(/\s*pages?$/, '') : text;
  // Digits may be grouped, as people do with large numbers: 262 144, 262_144, 262,144.
  const grouped = /^[0-9]{1,3}([ _,][0-9]{3})+$/.test(plain) ? plain.replace(/[ _,]/g, '') : plain;
  const value = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(grouped) ? Number(grouped) : NaN;
  return Number.isFinite(value) ? { value } : { problem: 'is not a number' };
}

function acceptedUnit(unit: NumberUnit): string {
  const accepted: Record<NumberUnit, string> = {
    duration: duration.accepts,
    size: size.accepts,
    pages: 'a number of pages, such as `4096 pages`',
    number: 'a number, such as `2.5`',
  };
  return accepted[unit];
}

function ids(options: readonly Option[]): string {
  return options.map(({ id }) => `\`${id}\``).join(', ');
}
