import { expect } from 'chai';
import fc from 'fast-check';
import { course } from '../../../../labs';
import { judgeAnswer } from '../../../../src/lab/answer/judge-answer';
import type {
  AnswerActivity,
  ChoiceActivity,
  MultipleActivity,
  NumberActivity,
  OrderActivity,
} from '../../../../src/lab/question';

const options = ['red', 'green', 'blue', 'black'].map((id) => ({
  id,
  text: `The ${id} one.`,
  reply: `You said ${id}.`,
}));
const base = { id: 'colour', title: 'Colour', milliPoints: 1000, prompt: 'Which?', options };
const choice: ChoiceActivity = { ...base, kind: 'choice', answer: 'green' };
const multiple: MultipleActivity = { ...base, kind: 'multiple', answer: ['red', 'green'] };
const order: OrderActivity = {
  ...base,
  kind: 'order',
  answer: ['red', 'green', 'blue'],
  explanation: 'By wavelength.',
};
const number: NumberActivity = {
  kind: 'number',
  id: 'time',
  title: 'Time',
  milliPoints: 1000,
  prompt: 'How long?',
  unit: 'duration',
  answer: 0.125,
  absoluteTolerance: 0.001,
  relativeTolerance: 0,
  explanation: 'An eighth.',
};

const outcome = (activity: AnswerActivity, text: string) => {
  const { outcome, milliPoints } = judgeAnswer(activity, text);
  return [outcome, milliPoints];
};

describe('judgeAnswer', () => {
  it('judges a choice, and replies to what was chosen', () => {
    expect(outcome(choice, 'answer: green')).to.deep.equal(['right', 1000]);
    expect(outcome(choice, 'answer: GREEN  # surely')).to.deep.equal(['right', 1000]);
    expect(outcome(choice, 'answer: red')).to.deep.equal(['wrong', 0]);
    expect(judgeAnswer(choice, 'answer: red').explanation).to.equal('You said red.');
  });

  it('gives a share for each right choice, and takes one for each wrong one', () => {
    expect(outcome(multiple, 'answer: [green, red]')).to.deep.equal(['right', 1000]);
    expect(outcome(multiple, 'answer: [green]')).to.deep.equal(['partly', 500]);
    expect(outcome(multiple, 'answer: green')).to.deep.equal(['partly', 500]);
    expect(outcome(multiple, 'answer: [green, red, blue]')).to.deep.equal(['partly', 500]);
    expect(outcome(multiple, 'answer: [green, blue]')).to.deep.equal(['wrong', 0]);
    expect(outcome(multiple, 'answer: [red, green, blue, black]')).to.deep.equal(['wrong', 0]);
    const said = ['[green, blue]', '[]'].map((answer) => judgeAnswer(multiple, `answer: ${answer}`).summary);
    expect(said).to.deep.equal([
      '1 of the 2 chosen is right; 2 are to be found.',
      'None is chosen; 2 are to be found.',
    ]);
  });

  it('gives a share for what is in order, and names the first place that is not', () => {
    expect(outcome(order, 'answer: [red, green, blue]')).to.deep.equal(['right', 1000]);
    expect(outcome(order, 'answer:\n- red\n- green\n- blue')).to.deep.equal(['right', 1000]);
    expect(outcome(order, 'answer: [red, blue, green]')).to.deep.equal(['partly', 666]);
    expect(outcome(order, 'answer: [red, green, blue, black]')).to.deep.equal(['partly', 666]);
    expect(outcome(order, 'answer: [black]')).to.deep.equal(['wrong', 0]);
    expect(judgeAnswer(order, 'answer: [red, blue, green]').summary).to.match(/step 2/);
    expect(judgeAnswer(order, 'answer: [green]').summary).to.match(/the first step\. 3 steps are needed, yours has 1/);
  });

  it('judges numbers within their tolerance, in any unit', () => {
    expect(outcome(number, 'answer: 125 ms')).to.deep.equal(['right', 1000]);
    expect(outcome(number, 'answer: 0.126 s')).to.deep.equal(['right', 1000]);
    expect(outcome(number, 'answer: 127 ms')).to.deep.equal(['wrong', 0]);
    const pages: NumberActivity = {
      ...number,
      unit: 'pages',
      answer: 262144,
      absoluteTolerance: 0,
      relativeTolerance: 0.001,
    };
    for (const text of ['262144', '262,144 pages', '262_144', '"262 144"', '262200 pages', '2.62144e5']) {
      expect(outcome(pages, `answer: ${text}`), text).to.deep.equal(['right', 1000]);
    }
    expect(outcome(pages, 'answer: 262500')).to.deep.equal(['wrong', 0]);
  });

  it('does not tell the right number to somebody who is wrong', () => {
    const { summary, explanation } = judgeAnswer(number, 'answer: 1 s');
    expect(`${summary} ${explanation}`).to.equal('Not 1 s: that is too much. ');
  });

  it('keeps an essay without scoring it', () => {
    const essay: AnswerActivity = {
      kind: 'essay',
      id: 'why',
      title: 'Why',
      milliPoints: 1000,
      prompt: 'Why?',
      rubric: [],
    };
    expect(outcome(essay, 'answer: |\n  Because: it is [so].')).to.deep.equal(['recorded', 0]);
    expect(outcome(essay, 'answer: |\n  ')).to.deep.equal(['empty', 0]);
  });

  for (const text of ['', 'answer:', 'answer: ', '# one of: red, green\nanswer: ', 'answer: ""']) {
    it(`says that ${JSON.stringify(text)} is no answer yet`, () => {
      const verdict = judgeAnswer(choice, text);
      expect(verdict.outcome).to.equal('empty');
      expect(verdict.summary).to.match(/`red`, `green`, `blue`, `black`/);
    });
  }

  const unreadable: [AnswerActivity, string, RegExp, number, number][] = [
    [choice, 'answer: yellow', /`yellow` is not among the choices\. Accepted: one of `red`/, 1, 9],
    [choice, '# mine\nanswer: [red]', /is not one choice/, 2, 9],
    [choice, 'red', /says `answer: ` and one of/, 1, 1],
    [choice, 'anwser: red', /`anwser` does not belong/, 1, 1],
    [choice, 'answer: "red', /quotation mark/, 1, 13],
    [multiple, 'answer: [red, yellow]', /holds `yellow`, which is not among the choices/, 1, 9],
    [multiple, 'answer: [red, red]', /holds `red` twice/, 1, 9],
    [order, 'answer: { red: 1 }', /is not/, 1, 9],
    [number, 'answer: 125', /has no unit\. Accepted: a duration/, 1, 9],
    [number, 'answer: 125 MB', /unit `MB`/, 1, 9],
    [number, 'answer: soon', /is not a duration/, 1, 9],
    [{ ...number, unit: 'pages' }, 'answer: many', /is not a number\. Accepted: a number of pages/, 1, 9],
  ];
  for (const [activity, text, message, line, column] of unreadable) {
    it(`says in one sentence what is wrong with ${JSON.stringify(text)}`, () => {
      const verdict = judgeAnswer(activity, text);
      expect(verdict.outcome).to.equal('unreadable');
      expect(verdict.milliPoints).to.equal(0);
      expect(verdict.summary).to.match(message);
      expect([verdict.line, verdict.column]).to.deep.equal([line, column]);
    });
  }

  it('never throws, and never gives more points than there are', () => {
    const activities = course.questions.flatMap((question) =>
      question.activities.filter((one): one is AnswerActivity => one.kind !== 'strategy' && one.kind !== 'experiment'),
    );
    const text = fc.oneof(
      fc.string(),
      fc.json().map((json) => `answer: ${json}`),
      fc
        .array(
          fc.constantFrom(
            'answer',
            ':',
            ' ',
            '[',
            ']',
            ',',
            '{',
            'red',
            'post-copy',
            '__proto__',
            '\n',
            '- ',
            '&a',
            '*a',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...activities, choice, multiple, order, number), (source, activity) => {
        const verdict = judgeAnswer(activity, source);
        expect(verdict.milliPoints).to.be.within(0, verdict.maxMilliPoints);
        expect(verdict.summary).to.not.equal('');
      }),
      { numRuns: 1000 },
    );
  });
});
