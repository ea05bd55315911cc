import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const root = new URL('../../../', import.meta.url).pathname;

/** Every sentence that the extension says, as it stands in `l10n.t('…')`. */
function sentences(): string[] {
  const files = readdirSync(join(root, 'src/vscode'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, 'src/vscode', name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/l10n\.t\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g)].map((match) => match[2]!));
}

describe('translation', () => {
  it('finds every sentence of the extension in the bundle, and nothing that is no longer said', () => {
    const bundle = JSON.parse(readFileSync(join(root, 'l10n/bundle.l10n.json'), 'utf8')) as Record<string, string>;
    expect(Object.keys(bundle)).to.have.members([...new Set(sentences())]);
  });

  it('finds every placeholder of the manifest in package.nls.json', () => {
    const used = [...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!);
    const texts = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
    expect(Object.keys(texts)).to.have.members([...new Set(used)]);
  });
});
