// `npm run bench [-- --json]`: bundles the performance table as the product is bundled, and prints it.
// Measured through a TypeScript loader the same code is up to twice as slow, so that would measure the loader.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';

const outdir = 'node_modules/.cache/bench';
await build({
  // The worker lies beside the table, which starts it.
  entryPoints: { table: 'bench/table.ts', worker: 'src/sandbox/worker.node.ts' },
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  define: { 'import.meta.url': '"file:///"' },
  logLevel: 'error',
});
process.exitCode = spawnSync(process.execPath, [`${outdir}/table.cjs`, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
