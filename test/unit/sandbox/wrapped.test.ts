import { expect } from 'chai';
import fc from 'fast-check';
import { simulate, techniques, type Strategy } from '../../../src/engine';
import { optimizations, optimized } from '../../../src/engine/optimizations';
import { intercept } from '../../../src/engine/optimizations/optimization';
import type { SandboxRunner } from '../../../src/sandbox/runner';
import { bytesOf, LIVELY, nativeStrategy, programs, sourceOf } from './programs';
import { startRunner } from './start-runner';

/** Sends 100 pages at a time, and lets a little time pass after each hundred. */
const inParts = (strategy: Strategy): Strategy =>
  intercept(strategy, (m) => ({
    *send(pages, options) {
      for (let rest = pages; rest.size > 0; ) {
        const part = rest.first(100);
        rest = rest.minus(part);
        yield m.send(part, options);
        yield m.wait(0.0001);
      }
    },
  }));

/** Never throttles as much as it is told to, and says so. */
const gently = (strategy: Strategy): Strategy =>
  intercept(strategy, (m) => ({
    verbs: {
      throttle(fraction, options) {
        const { writers, runSeconds } = options ?? {};
        m.note(['gently', fraction, options === undefined, writers === undefined, !!writers, runSeconds].join());
        m.throttle(fraction / 2, options);
      },
      missing: () => m.missing().intersect(m.guest.allPages()),
    },
  }));

const WRAPS: Record<string, (strategy: Strategy) => Strategy> = {
  nothing: (strategy) => strategy,
  'something that sends otherwise': inParts,
  'something that has verbs of its own': gently,
  both: (strategy) => gently(inParts(strategy)),
  'both, the other way round': (strategy) => inParts(gently(strategy)),
};

describe('a sandboxed strategy inside a native one', () => {
  let runner: SandboxRunner;
  before(async () => (runner = await startRunner()));

  for (const [name, wrap] of Object.entries(WRAPS)) {
    it(`does to the byte what a native one does inside ${name}`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(programs, (body) => {
          const { report } = runner.run(sourceOf(body), LIVELY, { file: 'f', wrap });
          expect(bytesOf(report)).to.equal(bytesOf(simulate(LIVELY, wrap(nativeStrategy(body)), { technique: 'f' })));
        }),
        { numRuns: 30 },
      );
    });
  }

  for (const name of Object.keys(optimizations)) {
    it(`takes the optimisation ${name}, by its name`, () => {
      const body = String(techniques['pre-copy']).replace(/^[^{]*\{/, '').replace(/\}$/, '');
      const { scenario, strategy } = optimized(LIVELY, nativeStrategy(body), [name]);
      const { report } = runner.run(sourceOf(body), LIVELY, { file: 'f', with: [name] });
      expect(bytesOf(report)).to.equal(bytesOf(simulate(scenario, strategy, { technique: 'f' })));
    });
  }

  it('is placed in the learner\'s text, whoever broke the rule', () => {
    const body = '\n  m.pause();\n  yield m.sendState();\n  m.resumeAtDestination();\n  yield m.send(m.guest.pages([3]));';
    const twice = (strategy: Strategy): Strategy =>
      intercept(strategy, (m) => ({
        *send(pages) {
          yield m.send(pages);
          yield m.send(pages);
        },
      }));
    const { violations } = runner.run(sourceOf(body), LIVELY, { file: 'f', wrap: twice }).report!;
    expect(violations.find(({ kind }) => kind === 'page-overwritten')).to.include({ line: 5, column: 9 });
  });

  it('is placed at its own verb when it calls one that is refused', () => {
    const { violations } = runner.run(sourceOf('\n  m.throttle(0.5);\n  m.wait(-1);'), LIVELY, { file: 'f', wrap: gently }).report!;
    expect(violations[0]).to.include({ kind: 'bad-call', line: 3, column: 3 });
  });

  it('is told what a native verb throws, and may go on', () => {
    const refuse = (strategy: Strategy): Strategy =>
      intercept(strategy, () => ({
        verbs: {
          pause() {
            throw new RangeError('not now');
          },
        },
      }));
    const body = "try { m.pause(); } catch (e) { m.note(e.name + ': ' + e.message); } m.abort('');";
    const { notes } = runner.run(sourceOf(body), LIVELY, { file: 'f', wrap: refuse }).report!;
    expect(notes.map(({ text }) => text)).to.deep.equal(['RangeError: not now']);
  });

  it('does what its `finally` blocks say when it is left', () => {
    const leave = (strategy: Strategy): Strategy =>
      function* (m) {
        for (const step of strategy(m)) {
          yield step;
          break;
        }
        m.note('left');
        m.abort('');
      };
    const body = "try { yield m.wait(1); m.note('never'); } finally { m.note('finally'); }";
    const { report } = runner.run(sourceOf(body), LIVELY, { file: 'f', wrap: leave });
    expect(report!.notes.map(({ text }) => text)).to.deep.equal(['finally', 'left']);
    expect(bytesOf(report)).to.equal(bytesOf(simulate(LIVELY, leave(nativeStrategy(body)), { technique: 'f' })));
  });

  const swallow = (strategy: Strategy): Strategy =>
    function* (m) {
      try {
        yield* strategy(m);
      } catch {
        m.abort('swallowed');
      }
    };
  it('ends when its budget does, even if nobody outside hears of it', () => {
    const { report } = runner.run(sourceOf('\n  for (;;);'), LIVELY, { file: 'f', wrap: inParts });
    expect(report!.violations.at(-1)).to.include({ kind: 'endless', line: 2 });
    const { error } = runner.run('export default 5;', LIVELY, { file: 'f', wrap: swallow });
    expect(error).to.include({ kind: 'not-a-generator' });
  });

  it('need not be started, and costs no interpreter then', () => {
    for (let i = 0; i < 4; i++) {
      const { report } = runner.run(sourceOf(''), LIVELY, { file: 'f', wrap: () => techniques['stop-and-copy'] });
      expect(bytesOf(report)).to.equal(bytesOf(simulate(LIVELY, techniques['stop-and-copy'], { technique: 'f' })));
    }
  });

  it('is over when it is started anew', () => {
    const twice = (strategy: Strategy): Strategy =>
      function* (m) {
        const first = strategy(m);
        yield first.next().value as never;
        yield* strategy(m);
        yield first.next().value as never;
      };
    const { report } = runner.run(sourceOf('yield m.wait(1);'), LIVELY, { file: 'f', wrap: twice });
    expect(report!.violations[0].message).to.equal('The strategy threw: Error: This run of the strategy is over.');
  });
});
