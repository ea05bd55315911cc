import { isScalar, isMap } from 'yaml';
import { entriesOf, readDocument } from '../experiment/document';
import type { Problem } from '../experiment';

export type CellDocumentKind = 'experiment' | 'answer' | 'check';

/** What a code cell of a lab notebook is, by its keys. An answer that is not valid YAML is still an answer. */
export function kindOf(text: string): CellDocumentKind {
  const key = /^(answer|check)[ \t]*:/m.exec(text)?.[1];
  return key === 'answer' || key === 'check' ? key : 'experiment';
}

/** `check: ./strategies/pre-copy.ts`: which file is to be checked, or what is wrong. */
export function readCheck(text: string): { file: string; problems: [] } | { file?: undefined; problems: Problem[] } {
  const document = readDocument(text);
  const accepted = 'A check cell says `check: ` and a file, such as `check: ./strategies/pre-copy.ts`.';
  const refuse = (node: unknown, message: string) => ({
    problems: [...document.problems, document.problemAt(node, message)],
  });
  if (document.problems.length > 0) return { problems: document.problems };
  if (!isMap(document.root)) return refuse(document.root, accepted);
  const entries = entriesOf(document.root, document);
  const other = entries.find(({ name }) => name !== 'check');
  if (other) return refuse(other.key, `\`${other.name.slice(0, 40)}\` does not belong here. ${accepted}`);
  const value = entries[0]?.value;
  const file = isScalar(value) ? String(value.value ?? '') : '';
  if (!/\.ts$/.test(file)) return refuse(value, accepted);
  return { file, problems: [] };
}
