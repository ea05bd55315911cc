import { expect } from 'chai';
import type { FindingKind } from '../../../../src/engine';
import { course } from '../../../../labs';
import { findQuestion, findTask, strategyTasks, taskOfFile } from '../../../../src/lab/course';
import type { Activity } from '../../../../src/lab/question';
import { gradeStrategy } from '../../../../src/lab/grading/grade-strategy';
import { grade } from '../../../../src/lab/grading/grade';
import { RULES } from '../../../../src/lab/grading/rules';
import { shrink, TINY } from '../../../../src/lab/grading/shrink';
import type { StrategyErrorKind, StrategyRunner } from '../../../../src/lab/strategy-runner';
import { folders } from '../course/folders';
import { nativeRunner } from '../native-runner';

const question = findQuestion(course, '5')!;
const preCopy = findTask(question, 'pre-copy')!;
const { files } = folders.find((folder) => folder.question === question)!;
const text = (path: string) => files.get(path)!;
const check = (source: string, seed = 1, runner: StrategyRunner = nativeRunner) =>
  gradeStrategy(question.id, preCopy, { file: preCopy.file, source }, seed, runner);

describe('gradeStrategy', () => {
  it('says the same of the same file, to the byte', () => {
    for (const path of ['reference/pre-copy.ts', 'wrong/pre-copy/looks-twice.ts']) {
      expect(JSON.stringify(check(text(path), 7))).to.equal(JSON.stringify(check(text(path), 7)));
    }
  });

  it('passes the reference with other seeds', () => {
    for (const task of strategyTasks(question)) {
      for (const seed of [0, 2, 3, 4_294_967_295]) {
        const source = text(task.file.replace('strategies/', 'reference/'));
        const { outcome, summary } = gradeStrategy(question.id, task, { file: task.file, source }, seed, nativeRunner);
        expect(outcome, `${task.id}, seed ${seed}: ${summary}`).to.equal('pass');
      }
    }
  });

  it("runs the strategy with the optimisations and under the hypervisor of the workload's setting", () => {
    const seen: unknown[] = [];
    const runner: StrategyRunner = {
      run: (source, scenario, options) => {
        seen.push([scenario.tracking?.mechanism, options.with]);
        return nativeRunner.run(source, scenario, options);
      },
    };
    const settings = ['preset: qemu', 'technique: { use: pre-copy, with: [xbzrle, auto-converge] }'];
    const workloads = settings.map((setting) => ({ ...preCopy.workloads[0], setting: `guest: { memory: 1 MiB }\n${setting}` }));
    gradeStrategy(question.id, { ...preCopy, workloads }, { file: preCopy.file, source: text('reference/pre-copy.ts') }, 1, runner);
    expect(seen).to.deep.equal([
      ['kvm-bitmap', undefined],
      [undefined, ['xbzrle', 'auto-converge']],
    ]);
  });

  it('tells the five parts of what went wrong, with the smallest guest that shows it', () => {
    const { feedback, workloads, summary } = check(text('wrong/pre-copy/looks-twice.ts'));
    expect(feedback?.expected).to.equal(RULES['stale-page'].expected);
    expect(feedback?.happened).to.match(
      /^At the hand-over the destination held an old copy of page 0x\w+.* The dirty bitmap was read at/,
    );
    expect(feedback?.where.page).to.be.a('number');
    expect(feedback?.where.seconds).to.be.above(0);
    expect(feedback?.where.smallest).to.deep.equal({ pages: 2, writesPerSecond: 1 });
    expect(feedback?.why).to.equal(RULES['stale-page'].why);
    expect(feedback?.next).to.equal(RULES['stale-page'].next);
    expect(workloads[0].feedback).to.deep.equal(feedback);
    expect(workloads[1].feedback?.where, 'only the first failure is looked into').to.not.have.property('smallest');
    expect(summary).to.match(/^0 of 3 workloads passed\. With a guest that writes a little: At the hand-over/);
  });

  it('gives the points of the workloads that pass', () => {
    const verdict = check(text('wrong/pre-copy/never-gives-up.ts'));
    expect([verdict.outcome, verdict.milliPoints, verdict.maxMilliPoints]).to.deep.equal(['partial', 2000, 3000]);
    expect(verdict.workloads.map(({ outcome }) => outcome)).to.deep.equal(['pass', 'pass', 'limit']);
    expect(verdict.workloads[0].figures?.downtimeSeconds).to.be.within(0, 0.07);
  });

  const errors: [StrategyErrorKind, string][] = [
    ['syntax', 'error'],
    ['import', 'error'],
    ['no-export', 'error'],
    ['not-a-generator', 'error'],
    ['threw-on-load', 'error'],
    ['endless-on-load', 'limit'],
    ['out-of-memory', 'limit'],
    ['infra', 'infra'],
  ];
  for (const [kind, outcome] of errors) {
    it(`turns the error '${kind}' into the outcome '${outcome}'`, () => {
      const verdict = check('', 1, {
        run: () => ({ error: { kind, message: 'It did not run.', line: 3, column: 5 } }),
      });
      expect(verdict.outcome).to.equal(outcome);
      expect(verdict.milliPoints).to.equal(0);
      expect(verdict.workloads).to.have.length(preCopy.workloads.length);
      expect(verdict.feedback?.happened).to.equal('It did not run.');
      expect(verdict.feedback?.where).to.deep.equal({ line: 3, column: 5 });
      expect(verdict.feedback?.next).to.not.equal('');
    });
  }

  it('never scores when our own side fails in the middle', () => {
    let runs = 0;
    const breaking: StrategyRunner = {
      run: (source, scenario, options) =>
        ++runs === 2
          ? { error: { kind: 'infra', message: 'The sandbox went away.' } }
          : nativeRunner.run(source, scenario, options),
    };
    const verdict = check(text('reference/pre-copy.ts'), 1, breaking);
    expect(verdict.outcome).to.equal('infra');
    expect(verdict.summary).to.equal('The check could not be made: The sandbox went away.');
  });

  it('does not load a broken file more than once', () => {
    let runs = 0;
    check('', 1, { run: () => (runs++, { error: { kind: 'syntax', message: 'No.' } }) });
    expect(runs).to.equal(1);
  });

  it('keeps what was earned before a file ran out of memory, and tries it no more', () => {
    let runs = 0;
    const small: StrategyRunner = {
      run: (...all) =>
        ++runs >= 2 ? { error: { kind: 'out-of-memory', message: 'Too much.' } } : nativeRunner.run(...all),
    };
    const verdict = check(text('reference/pre-copy.ts'), 1, small);
    expect(runs).to.equal(2);
    expect([verdict.outcome, verdict.milliPoints]).to.deep.equal(['partial', 1000]);
    expect(verdict.workloads.map(({ outcome }) => outcome)).to.deep.equal(['pass', 'limit', 'limit']);
  });

  it('looks for the smallest guest once, and in bounded time', () => {
    let runs = 0;
    const counting: StrategyRunner = { run: (...all) => (runs++, nativeRunner.run(...all)) };
    check(text('starter/post-copy.ts'), 1, counting);
    expect(runs).to.be.at.most(preCopy.workloads.length + TINY.length);
    expect(shrink({ run: () => ({ error: { kind: 'syntax', message: '' } }) }, '', 'x.ts', 'threw')).to.equal(
      undefined,
    );
  });

  it('shrinks to the same kind of finding, not to any', () => {
    const source = `export default function* (m) {
      yield m.send(m.guest.allPages());
      m.wait(1);
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
    }`;
    const smallest = (kind: FindingKind) => shrink(nativeRunner, source, 'x.ts', kind)?.writesPerSecond;
    expect([smallest('not-yielded'), smallest('stale-page'), smallest('endless')]).to.deep.equal([0, 1, undefined]);
  });

  it('reports a strategy that gives up', () => {
    const verdict = check('export default function* (m) { m.abort("too busy"); }');
    expect(verdict.outcome).to.equal('fail');
    expect(verdict.feedback?.happened).to.equal('The strategy gave up: too busy');
  });
});

describe('grade', () => {
  it('adds up a whole question', () => {
    const keyOf = (one: Activity): string | undefined => {
      if (one.kind === 'number') return `${one.answer}${one.unit === 'duration' ? ' s' : ''}`;
      if ('answer' in one) return JSON.stringify(one.answer);
      if (one.kind !== 'prediction') return undefined;
      return 'options' in one.ask ? one.ask.options[0].id : '1000 pages';
    };
    const keys = question.activities.map((one) => [one.id, keyOf(one)]).filter(([, key]) => key !== undefined);
    const answers = Object.fromEntries(keys.map(([id, key]) => [id, `answer: ${key}`]));
    const references = Object.fromEntries(
      strategyTasks(question).map(({ file }) => [file, text(file.replace('strategies/', 'reference/'))]),
    );
    const full = grade(question, { answers, files: references }, 1, nativeRunner);
    expect([full.milliPoints, full.maxMilliPoints]).to.deep.equal([20_000, 20_000]);
    expect(grade(question, { answers, files: references }, 1, nativeRunner)).to.deep.equal(full);
  });

  it('takes nothing for granted', () => {
    const empty = grade(question, { answers: {}, files: {} }, 1, {
      run: () => ({ error: { kind: 'no-export', message: 'Nothing.' } }),
    });
    expect(empty.milliPoints).to.equal(0);
    const odd = {
      ...question,
      activities: question.activities
        .filter(({ id }) => id === 'which-part')
        .map((one) => ({ ...one, id: 'constructor' })),
    };
    expect(grade(odd, { answers: {}, files: {} }, 1, nativeRunner).answers[0].outcome).to.equal('empty');
  });
});

describe('course', () => {
  it('finds questions and tasks by what people write', () => {
    for (const name of ['5', '05', '05-five-techniques']) expect(findQuestion(course, name)).to.equal(question);
    expect(findQuestion(course, '13')).to.equal(undefined);
    for (const path of [
      'strategies/pre-copy.ts',
      './pre-copy.ts',
      '/home/me/05-five-techniques/strategies/pre-copy.ts',
      'C:\\lab\\strategies\\pre-copy.ts',
    ]) {
      expect(taskOfFile(question, path), path).to.equal(preCopy);
    }
    expect(taskOfFile(question, 'mine.ts')).to.equal(undefined);
  });
});
