import { optionsOf, strategyTasks } from './course';
import { labNotebook } from './lab-notebook';
import { AuthoringError } from './lab-text';
import type { Question } from './question';

/** A question and the text of every file in its folder, by path: `lab.md`, `starter/pre-copy.ts`, `wrong/…`. */
export interface QuestionFolder {
  readonly question: Question;
  readonly files: ReadonlyMap<string, string>;
}

/** Folders whose texts no student release may contain, not even in part. */
const SEALED = /^(reference|wrong|hidden)\//;

/**
 * The course that learners get: path → text. Made of what is named here and of nothing else, and looked through for
 * sealed material afterwards; whatever is doubtful throws.
 * @throws AuthoringError what is wrong with the question's files.
 */
export function release(folders: readonly QuestionFolder[], apiTypes: string): Map<string, string> {
  const files = new Map<string, string>([
    ['README.md', readme(folders.map(({ question }) => question))],
    ['tsconfig.json', TSCONFIG],
    ['types/live-migration-lab.d.ts', apiTypes],
  ]);
  for (const folder of folders) {
    const { question } = folder;
    files.set(`${question.id}/${question.id}.vmlab.ipynb`, labNotebook(question, needed(folder, 'lab.md')));
    for (const task of strategyTasks(question)) {
      const starter = needed(folder, task.file.replace(/^strategies\//, 'starter/'));
      const reference = codeLines(needed(folder, task.file.replace(/^strategies\//, 'reference/')));
      if (task.given !== 'worked' && reference.every((line) => codeLines(starter).includes(line))) {
        throw new AuthoringError(`${question.id}: the starter of \`${task.id}\` holds the whole solution`);
      }
      files.set(`${question.id}/${task.file}`, starter);
    }
  }
  for (const [path, text] of files) checkReleased(path, text, folders);
  return files;
}

function needed({ question, files }: QuestionFolder, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new AuthoringError(`${question.id}/${path} is missing`);
  return text;
}

function checkReleased(path: string, text: string, folders: readonly QuestionFolder[]): void {
  if (path.startsWith('/') || path.split('/').includes('..'))
    throw new AuthoringError(`${path} is not a path inside the course`);
  // VS Code stops with a dialog when a cell holds one of these (measured).
  if (/[\u2028\u2029]/.test(text)) throw new AuthoringError(`${path} holds U+2028 or U+2029`);
  if (/^\s*\/\/ expect:/m.test(text)) throw new AuthoringError(`${path} holds a wrong submission`);
  for (const folder of folders) {
    const key = keysOf(folder.question).find(
      (secret) => text.includes(JSON.stringify(secret).slice(1, -1)) || text.includes(secret),
    );
    if (key !== undefined) throw new AuthoringError(`${path} gives away a key of ${folder.question.id}: ${key}`);
    for (const [secretPath, secret] of folder.files) {
      if (SEALED.test(secretPath) && givesAway(text, secret, folder)) {
        throw new AuthoringError(`${path} gives away ${folder.question.id}/${secretPath}`);
      }
    }
  }
}

/** What only somebody who has answered may read. */
function keysOf(question: Question): string[] {
  return question.activities
    .flatMap((activity) => [
      ...optionsOf(activity).map(({ reply }) => reply),
      ...('explanation' in activity ? [activity.explanation] : []),
      ...('rubric' in activity ? activity.rubric : []),
      ...('hints' in activity ? activity.hints : []),
    ])
    .filter((text) => text !== '');
}

/** Two lines of a sealed file that no starter shows are no coincidence. */
function givesAway(text: string, secret: string, { files }: QuestionFolder): boolean {
  const shown = new Set(
    [...files].filter(([path]) => path.startsWith('starter/')).flatMap(([, starter]) => codeLines(starter)),
  );
  const telling = new Set(codeLines(secret).filter((line) => line.length >= 12 && !shown.has(line)));
  const plain = text.replaceAll('\\"', '"').replaceAll('\\n', '\n');
  return [...telling].filter((line) => plain.includes(line)).length >= 2;
}

function codeLines(source: string): string[] {
  return source
    .split('\n')
    .map((line) => line.replace(/\s*\/\/.*$/, '').trim())
    .filter((line) => line !== '');
}

/** As tried in both extension hosts: completion, hover and errors work in a learner's file with these settings. */
const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      strict: true,
      target: 'ES2022',
      module: 'ESNext',
      moduleResolution: 'bundler',
      // What the sandbox refuses the editor underlines first: enums and the like, and imports of more than types.
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      noEmit: true,
      types: [],
      lib: ['ES2022'],
      paths: { 'live-migration-lab': ['./types/live-migration-lab.d.ts'] },
    },
    include: ['*/strategies/**/*.ts'],
  },
  null,
  2,
)}\n`;

function readme(questions: readonly Question[]): string {
  const list = questions.map(
    ({ id, number, title, summary }) => `${number}. [${title}](${id}/${id}.vmlab.ipynb): ${summary}`,
  );
  return `# Live Migration Lab: the course

Each folder is a question. Open its notebook (\`*.vmlab.ipynb\`), read, predict, run the cells with \`Shift+Enter\`,
and write the strategies in the \`strategies\` folder beside it. Everything runs on your machine, and nothing is sent
anywhere.

${list.join('\n')}

\`types/live-migration-lab.d.ts\` says what a strategy can do, and \`tsconfig.json\` makes the editor know it.
`;
}
