import { expect } from 'chai';
import { simulate, type Scenario, type Strategy } from '../../../src/engine';
import { Guest } from '../../../src/sandbox/guest';
import { instantiateQuickJs, type QuickJs } from '../../../src/sandbox/quickjs';
import { LIVELY, sourceOf } from './programs';
import type { SandboxRunner } from '../../../src/sandbox/runner';
import { compileQuickJs, startRunner } from './start-runner';

describe('the budget', () => {
  const PAGES = 2 ** 18;
  let quickjs: QuickJs;
  let runner: SandboxRunner;
  before(async () => {
    quickjs = await instantiateQuickJs(await compileQuickJs());
    runner = await startRunner();
  });

  // What each costs at least, in turns of a loop: about as long as the engine's work takes.
  const COSTS: [string, number][] = [
    ['m.peekDirty()', PAGES / 1024],
    ['m.freePages()', PAGES / 1024],
    ['m.release(free)', PAGES / 512],
    ['m.balloon(1)', PAGES / 512],
    [`m.balloon(${PAGES / 2})`, PAGES / 16],
    ['m.recentlyUsed(1)', 16_384],
    ['m.syncDirty()', PAGES / 512],
    ['m.discard(set)', PAGES / 16],
    ['set.minus(free)', PAGES / 1024],
    ['set.first(64)', 80],
    ['set.nearest(5, 64)', 80],
    ['set.toArray()', 280],
    ['m.guest.pages([1])', 280],
    ['m.send(set)', PAGES / 2 ** 18],
    ['m.unsent()', PAGES / 2 ** 18],
    ['set.between(1, 5)', PAGES / 2 ** 18],
  ];
  for (const [call, turns] of COSTS) {
    it(`is charged for ${call}`, () => {
      const before = 'const set = m.guest.allPages().first(5), free = m.freePages();';
      const cost = () => spent(`${before} ${call};`) - spent(before);
      expect(cost()).to.be.at.least(20 + turns);
      expect(cost()).to.equal(cost());
    });
  }

  const THROWN: Record<string, string> = {
    'a text': 'throw "x"',
    'an error': 'throw new Error("x")',
    'an error that is made and not thrown': 'new Error("x")',
    'a mistake that the interpreter finds': 'null.x',
    'what a built-in function throws': 'JSON.parse("{")',
    'a recursion without end': '(function f() { f(); })()',
    'what a generator is left with': '(function* () { yield 1; })().throw(1)',
    'a trace that is asked for': 'Error.captureStackTrace({})',
    'an error with a patched conversion': 'Object.prototype[Symbol.toPrimitive] = () => 1e9; null.x',
  };
  for (const [what, statement] of Object.entries(THROWN)) {
    it(`is charged for ${what}`, () => {
      expect(spent(`try { ${statement}; } catch {}`)).to.be.at.least(400);
      expect(spent(`try { ${statement}; } catch {}`)).to.equal(spent(`try { ${statement}; } catch {}`));
    });
  }

  it('is charged for every call that is refused', () => {
    for (const call of ['m.wait(-1)', 'm.guest.pages([-1])', 'm.missing().first(-1)', 'm.send(1)', 'm.send(m.missing(), null)']) {
      expect(spent(`try { ${call}; } catch {}`), call).to.be.at.least(1000);
    }
  });

  it('is not charged for our looking where the strategy is', () => {
    const steps = 'for (let i = 0; i < 100; i++) yield m.wait(0.001);';
    expect(spent(steps, PAGES, true) - spent(steps)).to.be.within(0, 100 * 20);
  });

  it('ends a loop of throws, wherever in its turn the interpreter happens to ask', () => {
    for (let calls = 0; calls < 6; calls++) {
      const turn = `${'g(); '.repeat(calls)} try { m.wait(-1); } catch {}`;
      const { violations } = runner.run(sourceOf(`const g = () => 0;\n  for (;;) { ${turn} }`), LIVELY, { file: 'f' }).report!;
      expect(violations.map(({ kind }) => kind)).to.deep.equal(['bad-call', 'endless']);
      expect(violations[1]).to.include({ line: 2 });
    }
  });

  it('ends what goes on wherever it is thrown out of', () => {
    for (const body of ['const f = () => { try { f(); } finally { f(); } }; f();', 'for (;;) try { throw 1; } catch {}']) {
      const { violations } = runner.run(sourceOf(body), LIVELY, { file: 'f' }).report!;
      expect(violations.map(({ kind }) => kind)).to.deep.equal(['endless']);
    }
  });

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
  function spent(body: string, pages = PAGES, steps = false): number {
    const scenario: Scenario = { ...LIVELY, guest: { ...LIVELY.guest, pages } };
    const source = sourceOf(body);
    let spent = 0;
    const strategy: Strategy = function* (m) {
      const guest = new Guest(quickjs, { source, code: source }, m, 1, { steps, throws: false });
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
