import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { strategyTasks } from '../../../../src/lab/course';
import { gradeStrategy } from '../../../../src/lab/grading/grade-strategy';
import type { Verdict } from '../../../../src/lab/verdict';
import { SandboxRunner } from '../../../../src/sandbox/runner';
import { nativeRunner } from '../native-runner';
import { folders } from './folders';

/** What is proven about the course natively, and fast, holds where learners' code really runs. */
describe('the course in the sandbox', function () {
  this.timeout(60_000);
  let sandbox: SandboxRunner;
  before(async () => {
    const wasm = createRequire(import.meta.url).resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm');
    sandbox = await SandboxRunner.start(await WebAssembly.compile(readFileSync(wasm)));
  });

  const [{ question, files }] = folders;
  const withoutPlaces = (verdict: Verdict) =>
    JSON.parse(JSON.stringify(verdict, (key, value) => (key === 'line' || key === 'column' ? undefined : value)));

  for (const task of strategyTasks(question)) {
    const name = task.file.replace('strategies/', '');
    for (const path of [`reference/${name}`, `starter/${name}`]) {
      it(`${path} gets the very verdict that it gets natively`, () => {
        const submission = { file: task.file, source: files.get(path)! };
        const [native, sandboxed] = [nativeRunner, sandbox].map((runner) =>
          gradeStrategy(question.id, task, submission, 1, runner),
        );
        expect(withoutPlaces(sandboxed)).to.deep.equal(withoutPlaces(native));
      });
    }
  }

  it("says in which line of the learner's file a page was forgotten", () => {
    const source = files.get('wrong/pre-copy/looks-twice.ts')!;
    const task = strategyTasks(question).find(({ id }) => id === 'pre-copy')!;
    const { feedback } = gradeStrategy(question.id, task, { file: task.file, source }, 1, sandbox);
    const { line = 0, column = 0 } = feedback?.where ?? {};
    expect(source.split('\n')[line - 1].slice(column - 1)).to.match(/^(m\.)?syncDirty\(\)\) <= m\.downtimeLimit/);
  });
});
