import { expect } from 'chai';
import { judgeAnswer } from '../../../../src/lab/answer/judge-answer';
import { readLabText } from '../../../../src/lab/lab-text';
import type { AnswerActivity, LabelledReport, PredictionActivity } from '../../../../src/lab/question';
import { folders } from './folders';
import { cellText, runText } from './run-cell';

for (const folder of folders) {
  const { question, files } = folder;
  const pieces = readLabText(files.get('lab.md')!);

  const run = (text: string) => runText(folder, text);
  const reports = new Map<string, LabelledReport[]>();

  describe(`experiments of ${question.id}`, function () {
    this.timeout(120_000);
    for (const piece of pieces) {
      if (piece.kind !== 'experiment') continue;
      it(`${piece.id ?? `line ${piece.line}`} runs and breaks no rule`, () => {
        const all = run(piece.text);
        for (const { report, label } of all) expect(report.violations, label).to.deep.equal([]);
        if (piece.id) reports.set(piece.id, all);
      });
    }

    it('asks for one prediction per experiment, because running it gives the next one away', () => {
      const experiments = question.activities.flatMap((one) => (one.kind === 'prediction' ? [one.experiment] : []));
      expect(new Set(experiments).size).to.equal(experiments.length);
    });

    it('keeps the activities in the order of the text', () => {
      const order = pieces.flatMap((piece) => (piece.kind === 'text' || !piece.id ? [] : [piece.id]));
      expect(order).to.deep.equal(question.activities.map(({ id }) => id));
    });

    it('asks something about every chart, directly after it', () => {
      for (const [i, piece] of pieces.entries()) {
        const next = pieces[i + 1];
        if (piece.kind === 'experiment')
          expect(next?.kind === 'text' && next.text.includes('?'), piece.id).to.equal(true);
      }
    });

    const predictions = question.activities.filter(
      (activity): activity is PredictionActivity => activity.kind === 'prediction',
    );
    for (const prediction of predictions) {
      it(`prediction ${prediction.id}: the experiment decides, clearly`, () => {
        const measured = prediction.measured(reports.get(prediction.experiment) ?? []);
        expect(measured).to.not.equal(undefined);
        if ('options' in prediction.ask) expect(prediction.ask.options.map(({ id }) => id)).to.include(measured);
        else expect(measured).to.be.a('number');
      });

      it(`prediction ${prediction.id}: is asked before its experiment`, () => {
        const places = pieces.map((piece) => (piece.kind === 'text' ? '' : `${piece.kind} ${piece.id}`));
        expect(places.indexOf(`answer ${prediction.id}`)).to.be.within(
          0,
          places.indexOf(`experiment ${prediction.experiment}`),
        );
      });

      it(`prediction ${prediction.id}: has something to say to every other guess`, () => {
        const all = reports.get(prediction.experiment) ?? [];
        if (!('options' in prediction.ask)) return;
        for (const { id, reply } of prediction.ask.options) {
          const verdict = judgeAnswer(prediction, `answer: ${id}`, { reports: all });
          expect(verdict.outcome).to.equal(id === prediction.measured(all) ? 'right' : 'wrong');
          if (verdict.outcome === 'wrong') expect(reply, id).to.not.equal('');
        }
      });

      it(`prediction ${prediction.id}: stays undecided without its runs`, () =>
        expect(prediction.measured([])).to.equal(undefined));
    }

    it('gives the same numbers for other seeds, where it matters', () => {
      for (const prediction of predictions) {
        const other = run(`${cellText(folder, prediction.experiment)}
seed: 2`);
        const [a, b] = [prediction.measured(other), prediction.measured(reports.get(prediction.experiment)!)];
        if ('options' in prediction.ask) expect(a, prediction.id).to.equal(b);
      }
    });
  });

  describe(`keys of ${question.id}`, () => {
    const answers = question.activities.filter(
      (activity): activity is AnswerActivity => activity.kind !== 'experiment' && activity.kind !== 'strategy',
    );
    for (const activity of answers) {
      if (activity.kind === 'prediction' || activity.kind === 'essay') continue;
      it(`${activity.id}: the key is right, and full points`, () => {
        const key = activity.answer;
        const text =
          typeof key === 'number'
            ? `${key}${activity.kind === 'number' && activity.unit === 'duration' ? ' s' : ''}`
            : JSON.stringify(key);
        const verdict = judgeAnswer(activity, `answer: ${text}`);
        expect(verdict.outcome, verdict.summary).to.equal('right');
        expect(verdict.milliPoints).to.equal(activity.milliPoints);
      });
    }

    for (const activity of answers) {
      if (!('options' in activity)) continue;
      it(`${activity.id}: every option has a reply, and all differ`, () => {
        const { options } = activity;
        expect(options.filter(({ reply }) => reply === '')).to.deep.equal([]);
        expect(new Set(options.map(({ id }) => id)).size).to.equal(options.length);
      });
    }

    it('20 points by machine, and an essay for people', () => {
      const points = (kind: 'essay' | 'other') =>
        question.activities
          .filter((activity) => (activity.kind === 'essay') === (kind === 'essay'))
          .reduce((sum, one) => sum + one.milliPoints, 0);
      expect(points('other')).to.equal(20_000);
      expect(points('essay')).to.equal(1000);
    });
  });
}
