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
    'm.send(5, { seconds: -1 })',
    'm.send(m.missing(), null)',
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
    'm.wait(Symbol())',
    'm.throttle(1)',
    'm.throttle(-0.1)',
    'm.throttle()',
    'm.throttle({}, { writers: true })',
    'm.throttle(0.5, null)',
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
    'm.guest.pages([0.5])',
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
