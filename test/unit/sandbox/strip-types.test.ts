import { expect } from 'chai';
import { loadTypeStripper, MAX_DEPTH, MAX_SOURCE_LENGTH, type TypeStripper } from '../../../src/sandbox/strip-types';

describe('stripping types', () => {
  let strip: TypeStripper;
  before(async () => (strip = await loadTypeStripper()));

  it('leaves every character of the code where it was', () => {
    const source = [
      "import type { Migration } from 'live-migration-lab';",
      'export default function* f(m: Migration): Generator<unknown> {',
      '\tconst é = <T,>(x: T): T => x satisfies unknown;',
      '}',
    ].join('\r\n');
    const { code } = strip(source);
    expect(code).to.have.length(source.length);
    for (const [i, character] of [...code!].entries()) {
      // A character of more than one byte in a type would become several spaces; here there is none.
      if (character !== ' ' && character !== source[i]) expect.fail(`position ${i}: ${character} for ${source[i]}`);
    }
    expect(code).to.not.include('Migration');
  });

  it('keeps columns behind a byte order mark', () => {
    expect(strip('\uFEFFlet x: number = 1')).to.deep.equal({ code: ' let x         = 1' });
  });

  const WHERE: Record<string, [number, number]> = {
    'let x = ;': [1, 9],
    'let a\r\nlet b: string\r\nlet c d': [3, 7],
    '\t\tx y': [1, 5],
    'let s = "💾💾"; x y': [1, 19],
    'let s = "漢字"; x y': [1, 17],
    'let s = "é\u0301"; x y': [1, 17],
    '\n\n enum A { B }': [3, 2],
    'namespace N { export const a = 1 }': [1, 1],
    'class A { constructor(private x: number) {} }': [1, 31],
    'const x = <number>y;': [1, 11],
    'import fs = require("fs")': [1, 1],
    'export = 3': [1, 1],
  };
  for (const [source, [line, column]] of Object.entries(WHERE)) {
    it(`says where the mistake is, in the editor's own columns: ${JSON.stringify(source)}`, () => {
      const { error } = strip(source);
      expect(error).to.include({ kind: 'syntax', line, column });
      expect(error!.message).to.match(/^[A-Z`].*\.$/);
      expect(error!.message, 'no words of the parser for what people wrote').to.not.match(/strip-only|strip mode/);
    });
  }

  it('refuses a file that is too long for a person to have written', () => {
    expect(strip('x'.repeat(MAX_SOURCE_LENGTH + 1)).error!.message).to.equal(
      'The file is 200001 characters long; a strategy may have up to 200000.',
    );
  });

  it('refuses code so deeply nested that it depends on the host whether it can be read', () => {
    const nested = (depth: number) => `a = ${'('.repeat(depth)}1${')'.repeat(depth)};`;
    expect(strip(nested(MAX_DEPTH)).error).to.equal(undefined);
    expect(strip(`let a;\n ${nested(MAX_DEPTH + 1)}`).error).to.deep.equal({
      kind: 'syntax',
      message: 'The code is nested too deeply to be read.',
      line: 2,
      column: MAX_DEPTH + 6,
    });
  });
});
