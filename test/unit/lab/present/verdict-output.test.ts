import { expect } from 'chai';
import { answerMarkdown, answerText } from '../../../../src/lab/present/answer-output';
import { verdictMarkdown, verdictText } from '../../../../src/lab/present/verdict-output';
import { placesOf } from '../../../../src/protocol/verdict-words';
import type { Verdict } from '../../../../src/lab/verdict';

const verdict: Verdict = {
  question: '05-five-techniques',
  task: 'pre-copy',
  file: 'strategies/pre-copy.ts',
  outcome: 'partial',
  milliPoints: 500,
  maxMilliPoints: 1500,
  summary: '1 of 2 workloads passes.',
  workloads: [
    {
      name: 'idle',
      outcome: 'pass',
      milliPoints: 500,
      maxMilliPoints: 500,
      figures: { downtimeSeconds: 0.0085, totalSeconds: 2, pagesSent: 65536, networkFaults: 0 },
    },
    { name: 'a|b', outcome: 'fail', milliPoints: 0, maxMilliPoints: 1000 },
  ],
  feedback: {
    expected: 'Every page is the newest.',
    happened: 'Page 0x1a4 was <stale>.',
    where: { line: 12, seconds: 1.25, page: 0x1a4, smallest: { pages: 3, writesPerSecond: 1 } },
    why: '',
    next: 'Call `m.syncDirty()` first.',
  },
  seed: 1,
  engine: '0.1.0',
};

const said = (text: string) => text.replaceAll('\u00a0', ' ');

describe('verdict output', () => {
  it('gives outcome, points, the parts of the feedback that are not empty, and a row for each workload', () => {
    expect(said(verdictMarkdown(verdict)).split('\n')).to.deep.equal([
      '**1 of 2 workloads passes.** (0.5 of 1.5 points)',
      '',
      '- **Expected:** Every page is the newest.',
      '- **What happened:** Page 0x1a4 was \\<stale\\>.',
      '- **Where:** line 12; 1.25 s after the start; page 0x1a4; smallest guest that shows it: 3 pages, 1 write/s',
      '- **What to try next:** Call `m.syncDirty()` first.',
      '',
      '| Workload | Outcome | Points | Downtime | Total time | Pages sent | Network faults |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
      '| idle | passed | 0.5 of 0.5 | 8.50 ms | 2.00 s | 65,536 | 0 |',
      '| a\\|b | failed | 0 of 1 |  |  |  |  |',
    ]);
  });

  it('says the same in plain text, without markup', () => {
    expect(verdictText(verdict)).to.include('What happened: Page 0x1a4 was <stale>.').and.not.include('**');
  });

  it('scores nothing when our side failed', () => {
    expect(verdictMarkdown({ ...verdict, outcome: 'infra' })).to.include('(not scored)');
  });

  it('shows no points where there are none to be had', () => {
    const free = {
      ...verdict,
      milliPoints: 0,
      maxMilliPoints: 0,
      workloads: verdict.workloads.map((workload) => ({ ...workload, milliPoints: 0, maxMilliPoints: 0 })),
    };
    expect(verdictText(free)).to.match(/^1 of 2 workloads passes\.\n/).and.not.match(/[Pp]oints/);
  });

  it('says nothing of a place that is not known', () => {
    expect(placesOf({})).to.deep.equal([]);
    expect(placesOf({ line: 3, column: 4 })).to.deep.equal(['line 3, column 4']);
  });
});

describe('answer output', () => {
  const base = { activity: 'a', milliPoints: 1000, maxMilliPoints: 1000, explanation: 'Because of **this**.' };

  it("gives points for what is judged, and keeps the explanation's Markdown", () => {
    const output = {
      version: 1 as const,
      title: 'A',
      isPrediction: false,
      verdict: { ...base, outcome: 'right' as const, summary: 'Right.' },
    };
    expect(answerMarkdown(output)).to.equal('**Right.** (1 of 1 point)\n\nBecause of **this**.');
  });

  it('shows the prediction that counts when the cell says something else by now', () => {
    const verdictOf = { ...base, outcome: 'recorded' as const, summary: 'Kept.' };
    const output = { version: 1 as const, title: 'A', isPrediction: true, verdict: verdictOf, locked: 'answer: `x`\n' };
    expect(answerMarkdown(output))
      .to.match(/^\*\*Kept\.\*\*\n/)
      .and.to.include("Locked prediction: `answer: 'x'`");
    expect(answerText(output)).to.include('Locked prediction: answer: `x`');
  });
});
