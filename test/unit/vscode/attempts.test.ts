import { expect } from 'chai';
import type { StrategyTask } from '../../../src/lab/question';
import type { Outcome, Verdict } from '../../../src/lab/verdict';
import { Attempts } from '../../../src/vscode/strategies/attempts';

/** What VS Code keeps for a workspace. */
class Storage {
  private readonly values = new Map<string, unknown>();
  keys = () => [...this.values.keys()];
  get = <T>(key: string, other?: T) => (this.values.get(key) as T | undefined) ?? (other as T);
  update = (key: string, value: unknown) => Promise.resolve(void this.values.set(key, value));
}

const task = { id: 'pre-copy', hints: ['one', 'two'] } as unknown as StrategyTask;
const verdict = (outcome: Outcome) => ({ question: 'q', task: 'pre-copy', outcome }) as Verdict;

describe('hints', () => {
  it('open one by one, each after an attempt of its own', async () => {
    const attempts = new Attempts(new Storage());
    const next = async () => attempts.nextHint('q', task);
    expect(await next()).to.deep.equal({ kind: 'try-first', shown: 0, of: 2 });
    await attempts.record(verdict('fail'), 'a');
    expect(await next()).to.deep.equal({ kind: 'hint', text: 'one', number: 1, of: 2 });
    expect(await next()).to.deep.equal({ kind: 'try-first', shown: 1, of: 2 });
    await attempts.record(verdict('error'), 'b');
    expect(await next()).to.deep.equal({ kind: 'hint', text: 'two', number: 2, of: 2 });
    expect(await next()).to.deep.equal({ kind: 'all-shown', texts: ['one', 'two'] });
  });

  it('do not open for checking the same text again, for white space, for a pass, or when our side failed', async () => {
    const attempts = new Attempts(new Storage());
    await attempts.record(verdict('fail'), 'a b');
    await attempts.nextHint('q', task);
    await attempts.record(verdict('fail'), 'a  b');
    await attempts.record(verdict('pass'), 'c');
    await attempts.record(verdict('infra'), 'd');
    expect(await attempts.nextHint('q', task)).to.deep.equal({ kind: 'try-first', shown: 1, of: 2 });
  });

  it('are counted for each task by itself', async () => {
    const attempts = new Attempts(new Storage());
    await attempts.record(verdict('fail'), 'a');
    expect((await attempts.nextHint('other', task)).kind).to.equal('try-first');
  });
});
