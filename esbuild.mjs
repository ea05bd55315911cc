// Builds everything that is shipped or run: `node esbuild.mjs [--watch] [--production] [--no-course]`.
import { build as bundle, context } from 'esbuild';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
process.chdir(root);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
const require = createRequire(import.meta.url);

/**
 * `./start-worker` means `start-worker.node.ts` in a bundle for Node and `start-worker.web.ts` in one for browsers.
 * TypeScript follows the same rule by `moduleSuffixes`.
 * @type {(platform: string | undefined) => import('esbuild').Plugin}
 */
const byPlatform = (platform) => ({
  name: 'by-platform',
  setup({ onResolve }) {
    const suffix = platform === 'node' ? '.node.ts' : '.web.ts';
    onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path + suffix);
      return existsSync(file) ? { path: file } : undefined;
    });
  },
});

/**
 * `import 'integration-tests'` stands for all of test/integration/*.test.ts: no list to keep by hand.
 * @type {import('esbuild').Plugin}
 */
const integrationTests = {
  name: 'integration-tests',
  setup({ onResolve, onLoad }) {
    const folder = join(root, 'test/integration');
    onResolve({ filter: /^integration-tests$/ }, ({ path }) => ({ path, namespace: 'integration-tests' }));
    onLoad({ filter: /.*/, namespace: 'integration-tests' }, () => {
      const names = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
      const contents = names.map((name) => `import ${JSON.stringify(`./${name}`)};`).join('\n');
      return { contents, resolveDir: folder, watchDirs: [folder] };
    });
  },
};

/** The bundles that are being built. */
const unsettled = new Set();

/** @param {string | undefined} name */
function settle(name) {
  unsettled.delete(name);
  // All of them, so that a debugger that waits for this line finds every bundle.
  if (unsettled.size === 0) console.log('[watch] ready');
}

/**
 * Prints errors in the shape that the problem matcher in .vscode/tasks.json reads.
 * @type {(name: string | undefined) => import('esbuild').Plugin}
 */
const report = (name) => ({
  name: 'report',
  setup({ onStart, onEnd }) {
    onStart(() => {
      unsettled.add(name);
      if (watch) console.log(`[watch] build started: ${name}`);
    });
    onEnd(({ errors, warnings }) => {
      for (const message of errors) print('ERROR', message);
      for (const message of warnings) print('WARNING', message);
      if (watch) settle(name);
    });
  },
});

/** @param {string} kind @param {import('esbuild').Message} message */
function print(kind, { text, location }) {
  console.error(`✘ [${kind}] ${text}`);
  if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
}

/**
 * One bundle; what all bundles share is here.
 * @param {import('esbuild').BuildOptions & { entryPoints: [string], outfile: string }} options
 * @returns {import('esbuild').BuildOptions & { entryPoints: [string], outfile: string }}
 */
function build({ plugins = [], define = {}, ...options }) {
  return {
    bundle: true,
    target: 'es2022',
    minify: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'none',
    logLevel: 'silent',
    loader: { '.css': 'text', '.md': 'text', '.ipynb': 'text' },
    define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development'), ...define },
    plugins: [byPlatform(options.platform), ...plugins, report(options.outfile)],
    ...options,
  };
}

/** @satisfies {import('esbuild').BuildOptions} */
const forBrowser = { platform: 'browser', mainFields: ['browser', 'module', 'main'] };
/** @satisfies {import('esbuild').BuildOptions} */
const forNode = { platform: 'node', target: 'node20', mainFields: ['module', 'main'] };
// In a script `import.meta` does not exist; libraries only use it to find files that we hand to them.
const noImportMeta = { 'import.meta.url': '"file:///"' };

const targets = [
  build({
    ...forNode, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.node.js', format: 'cjs',
    external: ['vscode'], define: noImportMeta,
  }),
  build({
    ...forBrowser, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.web.js', format: 'cjs',
    external: ['vscode'], define: noImportMeta,
  }),
  build({ ...forBrowser, entryPoints: ['webview/renderer/index.ts'], outfile: 'dist/renderer.js', format: 'esm' }),
  build({
    ...forNode, entryPoints: ['src/sandbox/worker.node.ts'], outfile: 'dist/worker.node.js', format: 'cjs',
    define: noImportMeta,
  }),
  build({
    ...forBrowser, entryPoints: ['src/sandbox/worker.web.ts'], outfile: 'dist/worker.web.js', format: 'iife',
    define: noImportMeta,
    alias: { util: './src/sandbox/node-shims.web.ts', 'node:buffer': './src/sandbox/node-shims.web.ts' },
  }),
  build({
    ...forNode, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js', format: 'cjs', define: noImportMeta,
    banner: { js: '#!/usr/bin/env node' },
  }),
  // The server of `npm start` and the file system that it gives to VS Code in the browser; never in the package.
  build({ ...forNode, entryPoints: ['scripts/server/server.ts'], outfile: 'dist/server.mjs', format: 'esm' }),
  build({
    ...forBrowser, entryPoints: ['scripts/labfs/extension.ts'], outfile: 'dist/labfs/extension.js', format: 'cjs',
    external: ['vscode'],
  }),
  build({
    ...forBrowser, entryPoints: ['test/integration/index.web.ts'], outfile: 'dist/test/web.js', format: 'cjs',
    external: ['vscode'], define: { global: 'globalThis', 'process.env.NODE_DEBUG': 'undefined' },
    plugins: [integrationTests],
  }),
  build({
    ...forNode, entryPoints: ['test/integration/index.node.ts'], outfile: 'dist/test/node.js', format: 'cjs',
    external: ['vscode', 'mocha'], plugins: [integrationTests],
  }),
];

/** Files that are copied as they are. */
const copies = [
  [require.resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm'), 'dist/quickjs.wasm'],
  ['scripts/labfs/package.json', 'dist/labfs/package.json'],
];

/**
 * The writable course that learners get, in dist/course. Its script is TypeScript, so it runs in a process of its own.
 * @returns {Promise<void>}
 */
function buildCourse() {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/build-course.ts'], { stdio: 'inherit' });
    child.on('error', failed);
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error('scripts/build-course.ts failed'))));
  });
}

mkdirSync('dist/labfs', { recursive: true });
for (const [from, to] of copies) copyFileSync(from, to);

if (watch) {
  const contexts = await Promise.all(targets.map((target) => context(target)));
  await buildCourse();
  for (const { outfile } of targets) unsettled.add(outfile);
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  try {
    await Promise.all([...targets.map((target) => bundle(target)), buildCourse()]);
  } catch (error) {
    // esbuild's own errors have been printed by the plugin.
    if (error instanceof Error && !('errors' in error)) console.error(error.message);
    process.exit(1);
  }
  chmodSync('dist/cli.js', 0o755);
}
