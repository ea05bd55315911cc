import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { course } from '../../../../labs';
import type { QuestionFolder } from '../../../../src/lab/release';

const root = join(import.meta.dirname, '../../../..');

/** The questions of the course with their files, as the release gets them. */
export const folders: readonly QuestionFolder[] = course.questions.map((question) => {
  const folder = join(root, 'labs', question.id);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return { question, files: new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')])) };
});

export const apiTypes = readFileSync(join(root, 'src/engine/api.ts'), 'utf8');
