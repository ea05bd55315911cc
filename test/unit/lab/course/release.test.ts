import { expect } from 'chai';
import ts from 'typescript';
import { AuthoringError } from '../../../../src/lab/lab-text';
import { decode, encode } from '../../../../src/lab/notebook/nbformat';
import { release, type QuestionFolder } from '../../../../src/lab/release';
import { apiTypes, folders } from './folders';

const released = release(folders, apiTypes);
const notebookPath = '05-five-techniques/05-five-techniques.vmlab.ipynb';

/** The first question's folder with some of its files changed. */
function changed(changes: Record<string, string | undefined>): QuestionFolder[] {
  const files = new Map(folders[0].files);
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return [{ question: folders[0].question, files }];
}
const labText = folders[0].files.get('lab.md')!;

describe('release', () => {
  it('holds these files and no others', () => {
    expect([...released.keys()]).to.deep.equal([
      'README.md',
      'tsconfig.json',
      'types/live-migration-lab.d.ts',
      notebookPath,
      ...['stop-and-copy', 'pre-copy', 'demand-paging', 'post-copy', 'hybrid'].map(
        (name) => `05-five-techniques/strategies/${name}.ts`,
      ),
    ]);
  });

  it('gives the same bytes every time', () => expect([...release(folders, apiTypes)]).to.deep.equal([...released]));

  it('writes a notebook of nbformat 4.5 that an editor gives back byte for byte', () => {
    const text = released.get(notebookPath)!;
    expect(encode(decode(text))).to.equal(text);
    const notebook = JSON.parse(text);
    expect([notebook.nbformat, notebook.nbformat_minor]).to.deep.equal([4, 5]);
    const ids = notebook.cells.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  it('marks each cell that does something with what it is for', () => {
    const notebook = JSON.parse(released.get(notebookPath)!);
    const cell = (id: string) => notebook.cells.find((one: { id: string }) => one.id === id);
    const question = '05-five-techniques';
    expect(cell('answer-which-part').metadata.vmlab).to.deep.equal({ question, activity: 'which-part' });
    expect(cell('experiment-quiet-guest').metadata.vmlab).to.deep.equal({ question, activity: 'quiet-guest' });
    expect(cell('check-pre-copy').metadata.vmlab).to.deep.equal({ question, task: 'pre-copy' });
    expect(cell('check-pre-copy').source.join('')).to.equal('check: ./strategies/pre-copy.ts');
    expect(cell('answer-stop-downtime').source.join('')).to.match(/^# a duration .*\nanswer: $/);
    expect(cell('ask-which-part').source.join('')).to.match(/\n- `memory`: The memory\.\n/);
  });

  /** What TypeScript says of the files in the released course, with these beside the starters. */
  const complaints = (extra: ReadonlyMap<string, string>) => {
    const texts = [...released, ...extra].map(([path, text]): [string, string] => [`/course/${path}`, text]);
    const sources = new Map(texts);
    const { compilerOptions } = JSON.parse(released.get('tsconfig.json')!);
    const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, '/course');
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists, getSourceFile } = host;
    host.readFile = (path) => sources.get(path) ?? readFile(path);
    host.fileExists = (path) => sources.has(path) || (!path.startsWith('/course') && fileExists(path));
    host.directoryExists = undefined;
    host.getSourceFile = (path, target, ...rest) => {
      const own = sources.get(path);
      return own === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, own, target);
    };
    const roots = [...sources.keys()].filter((path) => path.includes('/strategies/'));
    return ts.getPreEmitDiagnostics(ts.createProgram(roots, { ...options, pathsBasePath: '/course' }, host));
  };

  it('compiles: starters and references agree with the types that learners get', () => {
    const references = folders.flatMap(({ question, files }) =>
      [...files]
        .filter(([path]) => path.startsWith('reference/'))
        .map(([path, text]): [string, string] => [`${question.id}/strategies/${path}`, text]),
    );
    const texts = complaints(new Map(references)).map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
    expect(texts).to.deep.equal([]);
  });

  it('lets the editor underline what the sandbox refuses', () => {
    const codes = (text: string) => complaints(new Map([['x/strategies/x.ts', text]])).map(({ code }) => code);
    expect(codes("import { Migration } from 'live-migration-lab';\nexport let m: Migration;")).to.deep.equal([1484]);
    expect(codes('export enum Kind { a }')).to.deep.equal([1294]);
    expect(codes("import type { Migration } from 'live-migration-lab';\nexport let m: Migration;")).to.deep.equal([]);
  });

  it('shows a doc comment on every verb, each on lines of its own', () => {
    const verbs = apiTypes.match(/^ {2}\w+\(.*\): .*;$/gm) ?? [];
    expect(verbs.length).to.be.above(15);
    for (const verb of verbs) expect(apiTypes).to.include(`*/\n${verb}`);
  });

  const closed: [string, QuestionFolder[], RegExp][] = [
    [
      'a reference in the text',
      changed({ 'lab.md': `${labText}\n\n\`\`\`ts\n${folders[0].files.get('reference/pre-copy.ts')}\n\`\`\`` }),
      /gives away .*reference\/pre-copy\.ts/,
    ],
    [
      'a reference as starter',
      changed({ 'starter/hybrid.ts': folders[0].files.get('reference/hybrid.ts')! }),
      /starter of `hybrid` holds the whole solution/,
    ],
    [
      'a reference with other comments as starter',
      changed({ 'starter/hybrid.ts': folders[0].files.get('reference/hybrid.ts')!.replace(/\/\/.*/, '// !') }),
      /whole solution/,
    ],
    [
      'a wrong submission as starter',
      changed({ 'starter/post-copy.ts': folders[0].files.get('wrong/post-copy/takes-breaks.ts')! }),
      /holds a wrong submission/,
    ],
    [
      'a hidden workload in the text',
      changed({
        'lab.md': `${labText}\n\nguest_hidden_line_one()\nguest_hidden_line_two()`,
        'hidden/workloads.ts': 'guest_hidden_line_one()\nguest_hidden_line_two()',
      }),
      /gives away .*hidden\/workloads\.ts/,
    ],
    ['a reply in the text', changed({ 'lab.md': `${labText}\n\nAt most every page twice.` }), /gives away a key/],
    ['a line separator', changed({ 'lab.md': `${labText}\n\na\u2028b` }), /U\+2028/],
    ['a missing starter', changed({ 'starter/hybrid.ts': undefined }), /starter\/hybrid\.ts is missing/],
    ['a missing text', changed({ 'lab.md': undefined }), /lab\.md is missing/],
    [
      'a text that forgets an activity',
      changed({ 'lab.md': labText.replace(/```yaml answer=survives\n```/, '') }),
      /no cell for the multiple `survives`/,
    ],
    [
      'a cell of an unknown activity',
      changed({ 'lab.md': `${labText}\n\n\`\`\`yaml answer=nobody\n\`\`\`` }),
      /no answer `nobody`/,
    ],
    [
      'a cell that stands there twice',
      changed({ 'lab.md': `${labText}\n\n\`\`\`yaml answer=survives\n\`\`\`` }),
      /second time/,
    ],
    ['a fence without end', changed({ 'lab.md': `${labText}\n\n\`\`\`yaml experiment\n` }), /never closed/],
  ];
  it('finds a key in whatever way the notebook spells it', () => {
    const rubric = ['Says "no" to it.'];
    const essay = { kind: 'essay', id: 'why', title: 'Why', milliPoints: 0, prompt: 'Why?', rubric } as const;
    const question = { ...folders[0].question, activities: [essay] };
    const text = `Says "no" to it.\n\n\`\`\`yaml answer=why\n\`\`\``;
    expect(() => release([{ question, files: new Map([['lab.md', text]]) }], '')).to.throw(AuthoringError, /a key of/);
  });

  for (const [what, doubtful, message] of closed) {
    it(`refuses ${what}`, () => expect(() => release(doubtful, apiTypes)).to.throw(AuthoringError, message));
  }
});
