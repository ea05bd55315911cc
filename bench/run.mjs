// `npm run bench [-- --json]`: bundles the performance table as the product is bundled, and prints it.
// Measured through a TypeScript loader the same code is up to twice as slow, so that would measure the loader.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';

const outfile = 'node_modules/.cache/bench/table.cjs';
await build({
  entryPoints: ['bench/table.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  define: { 'import.meta.url': '"file:///"' },
  logLevel: 'error',
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
