import { expect } from 'chai';
import { simulate, type Strategy } from '../../../src/engine';
import { Guest } from '../../../src/sandbox/guest';
import { instantiateQuickJs, type QuickJs } from '../../../src/sandbox/quickjs';
import type { SandboxRunner } from '../../../src/sandbox/runner';
import { compileQuickJs, SCENARIO, startRunner } from './start-runner';

describe('a guest', () => {
  let runner: SandboxRunner;
  let quickjs: QuickJs;
  before(async () => {
    runner = await startRunner();
    quickjs = await instantiateQuickJs(await compileQuickJs());
  });

  it('uses up exactly as much of its budget each time', () => {
    const loop = 'for (const page of m.guest.allPages().toArray()) page * 2;';
    const code = `export default function* f(m) { ${loop} yield m.wait(1); }`;
    const spent = [1, 2, 3].map(() => {
      let guest: Guest | undefined;
      const strategy: Strategy = (m) => {
        guest = new Guest(quickjs, { source: code, code }, m, 1, { steps: false, throws: false });
        guest.load();
        return { next: () => guest!.next() } as ReturnType<Strategy>;
      };
      simulate(SCENARIO, strategy);
      guest!.dispose();
      return guest!.budget.left;
    });
    expect(spent[1]).to.equal(spent[0]);
    expect(spent[2]).to.equal(spent[0]);
    expect(spent[0]).to.be.lessThan(20_000_000 + 300 * SCENARIO.guest.pages);
  });

  it('frees page sets that it drops: more can be made than may be held', () => {
    const { report } = run('for (let i = 0; i < 50_000; i++) m.guest.allPages().first(i % 8); m.note("made");');
    expect(report!.notes.map(({ text }) => text)).to.deep.equal(['made']);
  });

  it('has the algebra of page sets', () => {
    const { report } = run(`
      const a = m.guest.pages([1, 2, 3, 100]), b = m.guest.pages(new Set([3, 4, 100]));
      const sets = [a.union(b), a.intersect(b), a.minus(b), a.first(2), a.nearest(50, 2), b.minus(b)];
      for (const set of sets) m.note(set.size + ': ' + set.toArray().join() + ' ' + set.has(3));
      console.log(a, [1, 'x'], { y: 2 }, null);`);
    expect(report!.notes.map(({ text }) => text)).to.deep.equal([
      '5: 1,2,3,4,100 true',
      '2: 3,100 true',
      '2: 1,2 false',
      '2: 1,2 false',
      '2: 2,3 true',
      '0:  false',
      'a PageSet [1,"x"] {"y":2} null',
    ]);
  });

  it('sees each fault once, in an array that grows', () => {
    const { report } = run(`
      m.pause(); yield m.sendState(); m.resumeAtDestination();
      const faults = m.faults();
      const before = faults.length;
      yield m.wait(0.5);
      m.note([Array.isArray(faults), before, m.faults() === faults, faults.length > 10].join());
      m.note(String(new Set(faults).size === faults.length));
      m.note(String(faults.map((page) => m.missing().has(page)).includes(true)));
      while (m.missing().size > 0) yield m.send(m.missing().nearest(m.faults().at(-1) ?? 0, 64));`);
    expect(report!.notes.map(({ text }) => text)).to.deep.equal(['true,0,true,true', 'true', 'false']);
    expect(report!.violations).to.deep.equal([]);
  });

  it('gets the engine\'s own refusals, and may handle them', () => {
    const { report } = run('try { m.pause(); m.pause(); } catch (e) { m.note(e.name + ": " + e.message); }');
    expect(report!.notes[0].text).to.equal('StrategyFault: pause() twice: the guest is paused already.');
    expect(report!.violations[0]).to.include({ kind: 'bad-call', line: 1 });
  });

  it('may throw such a refusal again, also much later', () => {
    const { report } = run(`
      const refused = [];
      for (let i = 0; i < 300; i++) try { m.wait(-1); } catch (e) { refused.push(e); }
      throw refused[7];`);
    expect(report!.violations.map(({ kind }) => kind)).to.deep.equal(['bad-call']);
    const copied = run('try { m.wait(-1); } catch (e) { throw Object.assign(new Error(e.message), { name: e.name }); }');
    expect(copied.report!.violations.map(({ kind }) => kind)).to.deep.equal(['bad-call', 'threw']);
  });

  it('is placed where it throws what is no error, also among findings about steps, and otherwise reports the same', () => {
    const body = (thrown: string) => `\n  m.wait(1);\n  m.note('here');\n  try { yield 5; } finally { throw ${thrown}; }`;
    const [text, error] = ['"x"', 'new Error("x")'].map((thrown) => run(body(thrown)).report!);
    expect(text).to.deep.include({ notes: error.notes });
    const places = [text, error].map(({ violations }) => violations.map(({ kind, line }) => `${kind} ${line}`));
    expect(places[0]).to.deep.equal(places[1]);
    const late = run('\n  m.pause(); yield m.sendState(); m.resumeAtDestination(); m.wait(1);\n  throw 7;').report!;
    expect(late.violations.at(-1)).to.include({ kind: 'threw', line: 3, column: 9 });
  });

  it('places a finding at the verb, not at its last argument', () => {
    const { report } = run('\n  m.pause();\n  m.pause();');
    expect(report!.violations[0]).to.include({ kind: 'bad-call', line: 3, column: 3 });
  });

  it('may import the types without saying `type`', () => {
    const strategy = "export default function* f(m: Migration) { m.abort('no'); }";
    const source = `import { Migration } from 'live-migration-lab';\n${strategy}`;
    expect(runner.run(source, SCENARIO, { file: 'f.ts' }).report!.aborted).to.equal('no');
  });

  function run(body: string) {
    const result = runner.run(`export default function* f(m) {${body}}`, SCENARIO, { file: 'f.ts' });
    expect(result.error).to.equal(undefined);
    return result;
  }
});
