import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { optimizations } from '../../../../src/engine';
import { KEYS, parseExperiment } from '../../../../src/lab/experiment';
import { INSTALLED } from '../../../../src/lab/experiment/installed';
import { experimentReference } from '../../../../src/lab/present/experiment-reference';

describe('docs/experiment.md', () => {
  const page = readFileSync('docs/experiment.md', 'utf8');
  const row = (name: string) => page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));

  it('has each key with its meaning, its unit, what it takes and its default', () => {
    for (const { path, meaning, unit, accepts, default: byDefault } of KEYS) {
      expect(row(path), path).to.equal(`| ${[`\`${path}\``, meaning, unit, accepts, byDefault].join(' | ')} |`);
    }
  });

  it('names every preset and every optimisation', () => {
    for (const name of [...Object.keys(INSTALLED.presets), ...Object.keys(optimizations)]) {
      expect(row(name), `${name}: write the page anew with scripts/experiment-reference.ts`).to.be.a('string');
    }
  });

  it('has only examples that are right', () => {
    const [whole, ...lines] = [...page.matchAll(/```yaml\n([^`]+)```/g)].map(([, text]) => text!);
    const documents = [whole!, ...lines.flatMap((block) => block.trim().split('\n'))];
    expect(documents.length).to.be.above(40);
    for (const text of documents) expect(parseExperiment(text).problems, text).to.deep.equal([]);
  });

  it('is what the table says, to the byte', () => {
    expect(page, 'write the page anew with scripts/experiment-reference.ts').to.equal(experimentReference());
  });
});
