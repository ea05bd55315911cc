import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { simulate, techniques, type Report } from '../../../src/engine';
import type { SandboxRunner } from '../../../src/sandbox/runner';
import { SCENARIO, startRunner } from './start-runner';

const FOLDER = new URL('../../fixtures/hostile/', import.meta.url);

/** The first line of a fixture: what has to come of it. Without `error` or `finding`, a correct stop-and-copy. */
interface Expected {
  error?: string;
  finding?: string;
  message?: string;
  line?: number;
  column?: number;
  notes?: string[];
  noteCount?: number;
}

describe('hostile and broken strategies', () => {
  let runner: SandboxRunner;
  before(async () => (runner = await startRunner()));
  beforeEach(() => runner.ready());

  for (const file of readdirSync(FOLDER)) {
    it(file, () => {
      const source = readFileSync(new URL(file, FOLDER), 'utf8');
      const expected = JSON.parse(/^\/\/ (.*)/.exec(source)![1]) as Expected;
      const { report, error } = runner.run(source, SCENARIO, { file });
      const found = error ? { error: error.kind, ...error } : told(report!);
      const { error: kind, finding, message, line, column } = expected;
      for (const [key, value] of Object.entries({ error: kind, finding, message, line, column })) {
        if (value !== undefined) expect(found, key).to.have.property(key, value);
      }
      if (expected.notes) expect(report?.notes.map(({ text }) => text)).to.deep.equal(expected.notes);
      if (expected.noteCount) expect(report?.notes.length).to.equal(expected.noteCount);
      if (!kind && !finding) expect({ ...report, notes: [] }).to.deep.equal(native(file));
      // Nothing of one run may be left in the next.
      expect(runner.run(source, SCENARIO, { file })).to.deep.equal({ ...(report ? { report } : { error }) });
    });
  }
});

/** The last finding is the one that ended the run. */
function told({ violations }: Report): Record<string, unknown> {
  const { kind, ...rest } = violations.at(-1) ?? { kind: 'none' };
  return { finding: kind, ...rest };
}

function native(technique: string): Report {
  return simulate(SCENARIO, techniques['stop-and-copy'], { technique });
}
