import { build, type Plugin } from 'esbuild';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Mutation } from './mutations';

const ENGINE = resolve('src/engine');

/** Runs tests of the engine on a copy of it in which one line is broken, or none. Did they fail? And what they said. */
export async function runMutated(tests: readonly string[], mutation?: Mutation): Promise<{ failed: boolean; output: string }> {
  // Inside the project, so that the bundle finds mocha, chai and fast-check where every test does.
  const folder = await mkdtemp(resolve('node_modules/.cache-mutation-'));
  try {
    const bundle = join(folder, 'tests.cjs');
    // Always the same examples: whether a mutation is noticed must not be a matter of luck. And one that fails is enough.
    const seeded = "import fc from 'fast-check'; fc.configureGlobal({ seed: 1, endOnFailure: true });";
    const entry = tests.map((name) => `import ${JSON.stringify(resolve(`test/unit/engine/${name}.test.ts`))};`).join('\n');
    await build({
      stdin: { contents: `${seeded}\n${entry}`, resolveDir: resolve('.') },
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      packages: 'external',
      logLevel: 'error',
      plugins: mutation ? [broken(mutation)] : [],
    });
    return await mocha(bundle);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function broken({ file, line, becomes }: Mutation): Plugin {
  return {
    name: 'mutation',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== join(ENGINE, file)) return undefined;
        const source = await readFile(path, 'utf8');
        if (source.split(line).length !== 2) throw new Error(`\`${line}\` should stand in src/engine/${file} exactly once.`);
        return { contents: source.replace(line, () => becomes), loader: 'ts' };
      });
    },
  };
}

function mocha(bundle: string): Promise<{ failed: boolean; output: string }> {
  return new Promise((done, fail) => {
    const args = ['node_modules/mocha/bin/mocha.js', '--no-config', '--bail', '--timeout', '60000', bundle];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    child.on('error', fail);
    child.on('close', (code) => done({ failed: code !== 0 && /^\s*\d+ failing/m.test(output), output }));
  });
}
