import { expect } from 'chai';
import { simulate, type Scenario, type Strategy } from '../../../src/engine';
import { Guest } from '../../../src/sandbox/guest';
import { instantiateQuickJs, type QuickJs } from '../../../src/sandbox/quickjs';
import { LIVELY, sourceOf } from './programs';
import { compileQuickJs } from './start-runner';

describe('the budget', () => {
  const PAGES = 2 ** 18;
  let quickjs: QuickJs;
  before(async () => (quickjs = await instantiateQuickJs(await compileQuickJs())));

  // What each costs at least, in turns of a loop: about as long as the engine's work takes.
  const COSTS: [string, number][] = [
    ['m.peekDirty()', PAGES / 1024],
    ['m.freePages()', PAGES / 1024],
    ['m.release(free)', PAGES / 512],
    ['m.balloon(1)', PAGES / 512],
    [`m.balloon(${PAGES / 2})`, PAGES / 16],
    ['m.recentlyUsed(1)', 16_384],
    ['m.send(set)', PAGES / 2 ** 18],
    ['m.unsent()', PAGES / 2 ** 18],
    ['set.between(1, 5)', PAGES / 2 ** 18],
  ];
  for (const [call, turns] of COSTS) {
    it(`is charged for ${call}`, () => {
      const before = 'const set = m.missing(), free = m.freePages();';
      const cost = () => spent(`${before} ${call};`) - spent(before);
      expect(cost()).to.be.at.least(20 + turns);
      expect(cost()).to.equal(cost());
    });
  }

  it('is charged for a refused call too', () => {
    expect(spent('try { m.balloon(-1); } catch {}')).to.be.at.least(PAGES / 512);
  });

  it('is charged more in a larger guest', () => {
    for (const call of ['m.peekDirty();', 'm.balloon(0);', 'm.missing();', 'm.send(m.unsent());']) {
      expect(spent(call, 8 * PAGES), call).to.be.greaterThan(spent(call, PAGES));
    }
  });

  it('is not charged because an option is no number, or not there', () => {
    const bare = spent('m.send(m.unsent());');
    for (const options of ['{}', '{ bytes: 5 }', '{ seconds: 1, bytes: 5, skipDirty: true }']) {
      expect(spent(`m.send(m.unsent(), ${options});`)).to.equal(bare);
    }
  });

  /** What a strategy with this body takes of its budget: little enough that the interpreter is never asked. */
  function spent(body: string, pages = PAGES): number {
    const scenario: Scenario = { ...LIVELY, guest: { ...LIVELY.guest, pages } };
    const source = sourceOf(body);
    let spent = 0;
    const strategy: Strategy = function* (m) {
      const guest = new Guest(quickjs, { source, code: source }, m, 1, false);
      const before = guest.budget.left;
      guest.load();
      while (!guest.next().done);
      spent = before - guest.budget.left;
      guest.dispose();
    };
    simulate(scenario, strategy);
    return spent;
  }
});
