import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { simulate, type Scenario } from '../../../src/engine';
import { MECHANISMS } from '../../../src/engine/tracking/tracking';
import type { SandboxRunner } from '../../../src/sandbox/runner';
import { bytesOf, LIVELY, nativeStrategy, programs, sourceOf } from './programs';
import { startRunner } from './start-runner';

const SETTINGS: Record<string, Scenario> = {
  'a lively guest': LIVELY,
  'a guest whose writes are trapped': { ...LIVELY, tracking: MECHANISMS['write-protect'] },
  'a guest with a disk of its own': { ...LIVELY, storage: { bytes: 2 ** 22, writtenBytesPerSecond: 2 ** 20 } },
  'an ideal world': { ...LIVELY, ideal: true },
};

describe('the verbs in the sandbox', () => {
  let runner: SandboxRunner;
  before(async () => (runner = await startRunner()));

  const API = { Migration: 'm', Guest: 'm.guest', Link: 'm.link', PageSet: 'm.guest.allPages()', Step: 'm.wait(0)' };
  for (const [name, value] of Object.entries(API)) {
    it(`has everything that ${name} has`, () => {
      const members = membersOf(name);
      expect(members).to.not.deep.equal([]);
      const body = `for (const name of ${JSON.stringify(members)}) if (!(name in ${value})) m.note(name); m.abort('');`;
      expect(runner.run(sourceOf(body), LIVELY, { file: 'f' }).report!.notes).to.deep.equal([]);
    });
  }

  it('knows every type that a file may import without saying `type`', () => {
    const types = [...API_TEXT.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
    const { error } = runner.run(`import { ${types.join(', ')} } from 'live-migration-lab';\n${sourceOf('')}`, LIVELY, { file: 'f' });
    expect(error).to.equal(undefined);
  });

  for (const [name, scenario] of Object.entries(SETTINGS)) {
    it(`do to the byte what they do natively (${name})`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(programs, (body) => {
          const { report } = runner.run(sourceOf(body), scenario, { file: 'f' });
          expect(bytesOf(report)).to.equal(bytesOf(simulate(scenario, nativeStrategy(body), { technique: 'f' })));
        }),
        { numRuns: 40 },
      );
    });
  }

  const REFUSED = [
    'm.send()',
    'm.send([1, 2])',
    'm.send(Symbol())',
    'm.send(5)',
    'm.send("all")',
    'm.send(-Infinity)',
    'm.send(m.wait(1))',
    'm.send(new Map())',
    'm.send(() => m.missing())',
    'm.send(5, { seconds: -1 })',
    'm.send(m.missing(), { seconds: -1 })',
    'm.send(m.missing(), { seconds: NaN })',
    'm.send(m.missing(), { seconds: "soon" })',
    'm.send(m.missing(), { bytes: -5 })',
    'm.send(m.missing(), { bytes: {} })',
    'm.limitRate(0)',
    'm.limitRate(-1)',
    'm.limitRate()',
    'm.limitRate("fast")',
    'm.wait(-1)',
    'm.wait(Infinity)',
    'm.wait({})',
    'm.wait("5")',
    'm.wait([])',
    'm.wait(5n)',
    'm.wait(m.missing())',
    'm.wait(() => 1)',
    'm.wait(Symbol())',
    'm.throttle(1)',
    'm.throttle(-0.1)',
    'm.throttle()',
    'm.throttle({}, { writers: true })',
    'm.balloon(-1)',
    'm.balloon(2049)',
    'm.balloon(1e300)',
    'm.balloon("much")',
    'm.release(m.guest.allPages())',
    'm.release()',
    'm.discard(new Set([1]))',
    'm.announce()',
    'm.pause(); m.balloon(1)',
    'm.pause(); m.pause()',
    'm.missing().union(7)',
    'm.missing().minus(null)',
    'm.missing().intersect({})',
    'm.guest.pages([0.5])',
    'm.guest.pages([1, "1", {}])',
    'm.guest.pages([1, -1, "1"])',
    'm.guest.pages("12")',
    'm.guest.pages([undefined])',
    'm.guest.pages([[1]])',
    'm.guest.pages(null)',
    'm.guest.pages()',
    'm.guest.pages(5)',
    'm.guest.pages({})',
    'm.missing().first(-1)',
    'm.missing().first(NaN)',
    'm.missing().first("5")',
    'm.missing().first()',
    'm.missing().nearest(Infinity, 4)',
    'm.missing().nearest(NaN, 4)',
    'm.missing().nearest(m.faults().at(-1), 64)',
    'm.missing().nearest("5", 64)',
    'm.missing().nearest(5, "64")',
    'm.missing().nearest(5, -1)',
    'm.missing().nearest(5)',
    'm.missing().between(NaN, 5)',
    'm.missing().between(0, "5")',
  ];
  for (const call of REFUSED) {
    it(`${call} is refused in the same words as natively`, () => {
      const body = `try { ${call}; } catch (e) { m.note(e.name + ': ' + e.message); } m.abort('');`;
      const report = simulate(LIVELY, nativeStrategy(body), { technique: 'f' });
      expect(report.notes).to.have.length(1);
      const sandboxed = runner.run(sourceOf(body), LIVELY, { file: 'f' }).report;
      expect(bytesOf(sandboxed)).to.equal(bytesOf(report));
    });
  }

  const NO_OPTIONS: Record<string, string> = {
    'm.send(m.missing(), null)': 'send(…, null): the options must be an object, such as { seconds: 1 }.',
    'm.send(m.missing(), 5)': 'send(…, 5): the options must be an object, such as { seconds: 1 }.',
    'm.send(m.missing(), "x")': 'send(…, "x"): the options must be an object, such as { seconds: 1 }.',
    'm.send(m.missing(), [1])': 'send(…, an array): the options must be an object, such as { seconds: 1 }.',
    'm.send(m.missing(), m.missing())': 'send(…, a PageSet): the options must be an object, such as { seconds: 1 }.',
    'm.send(m.missing(), { second: 1 })':
      'send(…, { second }): send() has no such option; its options are `seconds`, `bytes`, `skipDirty`. Did you mean `seconds`?',
    'm.send(m.missing(), { seconds: 1, byte: 5 })':
      'send(…, { byte }): send() has no such option; its options are `seconds`, `bytes`, `skipDirty`. Did you mean `bytes`?',
    'm.send(m.missing(), { constructor: 1 })':
      'send(…, { constructor }): send() has no such option; its options are `seconds`, `bytes`, `skipDirty`.',
    'm.throttle(0.5, null)': 'throttle(…, null): the options must be an object, such as { writers: true }.',
    'm.throttle(0.5, true)': 'throttle(…, true): the options must be an object, such as { writers: true }.',
    'm.throttle(0.5, { writer: true })':
      'throttle(…, { writer }): throttle() has no such option; its options are `writers`, `runSeconds`. Did you mean `writers`?',
  };
  for (const [call, message] of Object.entries(NO_OPTIONS)) {
    it(`${call} says which options there are, and where it is`, () => {
      const { violations } = runner.run(sourceOf(`\n  ${call};`), LIVELY, { file: 'f' }).report!;
      const told = { kind: 'threw', message: `The strategy threw: TypeError: ${message}`, line: 2 };
      expect(violations).to.have.length(1);
      expect(violations[0]).to.include(told);
    });
  }

  it('finds nothing but pages in a set', () => {
    const body = `
      const sets = [m.guest.pages([0, 5]), m.guest.allPages()];
      const others = [2 ** 32, 2 ** 32 + 5, -1, 0.5, NaN, Infinity, '0', '5', null, undefined, [], {}, true, 5n, Symbol()];
      m.note(sets.map((set) => [0, ...others].map((page) => set.has(page)).indexOf(true)).join());
      m.note(sets.map((set) => others.filter((page) => set.has(page)).length).join());
      m.abort('');`;
    const { report } = runner.run(sourceOf(body), LIVELY, { file: 'f' });
    expect(report!.notes.map(({ text }) => text)).to.deep.equal(['0,0', '0,0']);
    expect(bytesOf(report)).to.equal(bytesOf(simulate(LIVELY, nativeStrategy(body), { technique: 'f' })));
  });

  it('places a bad call with options at the verb', () => {
    const body = '\n  yield m.send(m.missing(), {\n    seconds: -1,\n  });';
    const { violations } = runner.run(sourceOf(body), LIVELY, { file: 'f' }).report!;
    expect(violations[0]).to.include({ kind: 'bad-call', line: 2, column: 9 });
  });

  it('reads each option once, and none if there is nothing to send', () => {
    const body = `
      const asked = [];
      const options = new Proxy({}, { get: (_, name) => (asked.push(String(name)), undefined) });
      yield m.send(m.guest.pages([1]), options);
      m.throttle(0.5, options);
      try { m.send(null, options); } catch {}
      m.note(asked.join());
      m.abort('');`;
    const { notes } = runner.run(sourceOf(body), LIVELY, { file: 'f' }).report!;
    expect(notes[0].text).to.equal('seconds,bytes,skipDirty,writers,runSeconds');
  });
});

const API_TEXT = readFileSync(new URL('../../../src/engine/api.ts', import.meta.url), 'utf8');

/** The names that an interface of the strategy API declares. */
function membersOf(name: string): string[] {
  const { statements } = ts.createSourceFile('api.ts', API_TEXT, ts.ScriptTarget.Latest);
  return statements
    .filter((statement) => ts.isInterfaceDeclaration(statement))
    .filter((declared) => declared.name.text === name)
    .flatMap(({ members }) => members.map((member) => (member.name as ts.Identifier).text));
}
