// Writes the course that learners get to dist/course. Run by esbuild.mjs: node --import tsx scripts/build-course.ts
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { course } from '../labs/index';
import { release } from '../src/lab/release';
import { checkout } from './checkout';

const target = join(checkout, 'dist/course');

const folders = course.questions.map((question) => {
  const folder = join(checkout, 'labs', question.id);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]));
  return { question, files };
});

const files = release(folders, readFileSync(join(checkout, 'src/engine/api.ts'), 'utf8'));
rmSync(target, { recursive: true, force: true });
for (const [path, text] of files) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), text);
}
