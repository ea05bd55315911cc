import { expect } from 'chai';
import { strategyTasks } from '../../../../src/lab/course';
import { gradeStrategy } from '../../../../src/lab/grading/grade-strategy';
import { RULES } from '../../../../src/lab/grading/rules';
import { nativeRunner } from '../native-runner';
import { folders } from './folders';

for (const { question, files } of folders) {
  describe(`strategies of ${question.id}`, () => {
    for (const task of strategyTasks(question)) {
      const name = task.file.replace('strategies/', '');
      const check = (path: string) =>
        gradeStrategy(question.id, task, { file: task.file, source: files.get(path)! }, 1, nativeRunner);

      it(`${task.id}: the reference passes with full points`, () => {
        const verdict = check(`reference/${name}`);
        expect(verdict.outcome, verdict.summary).to.equal('pass');
        expect(verdict.milliPoints).to.equal(task.milliPoints);
      });

      it(`${task.id}: the points of the workloads add up`, () => {
        expect(task.workloads.reduce((sum, workload) => sum + workload.milliPoints, 0)).to.equal(task.milliPoints);
      });

      const fate = task.given === 'worked' ? 'passes, being worked out' : 'fails, with feedback';
      it(`${task.id}: the starter ${fate}`, () => {
        const verdict = check(`starter/${name}`);
        if (task.given === 'worked') expect(verdict.outcome).to.equal('pass');
        else {
          expect(verdict.outcome).to.equal('fail');
          expect(verdict.milliPoints).to.equal(0);
          expect(verdict.feedback?.next).to.be.a('string').that.is.not.empty;
        }
      });

      it(`${task.id}: has hints in stages`, () => expect(task.hints.length).to.be.at.least(2));

      const wrong = [...files.keys()].filter((path) => path.startsWith(`wrong/${task.id}/`));
      it(`${task.id}: is held against wrong submissions`, () => expect(wrong.length).to.be.at.least(5));

      for (const path of wrong) {
        const [, reason] = /^\/\/ expect: (\S+) /.exec(files.get(path)!) ?? [];
        it(`${path} fails for ${reason}`, () => {
          const verdict = check(path);
          const failed = verdict.workloads.find(({ outcome }) => outcome !== 'pass');
          expect(failed, 'a workload that failed').to.not.equal(undefined);
          const goals = [...task.goals, ...task.workloads.flatMap((workload) => workload.goals ?? [])];
          const expected = [
            ...Object.entries(RULES).map(([id, rule]) => ({ id, expected: rule.expected })),
            ...goals,
          ].find(({ id }) => id === reason)?.expected;
          expect(expected, `the meaning of ${reason}`).to.be.a('string');
          expect(failed?.feedback?.expected, verdict.summary).to.equal(expected);
        });
      }
    }
  });
}
