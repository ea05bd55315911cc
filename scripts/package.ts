// `npm run package`: the installable .vsix. With --check, also compares what is in it with what should be, and unpacks it
// into test/artifacts/vsix for the journeys.
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { checkout } from './checkout';
import { checkPackage } from './package-check';
import { unpack, unzip } from './unzip';

const manifest = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8'));
const path = join(checkout, `${manifest.name}-${manifest.version}.vsix`);
const unpacked = join(checkout, 'test/artifacts/vsix');
await rm(path, { force: true });
await rm(unpacked, { recursive: true, force: true });
// vsce builds first: it runs vscode:prepublish.
await createVSIX({
  cwd: checkout, packagePath: path, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false,
});
const { size } = await stat(path);
console.log(`${path}: ${(size / 1024).toFixed(0)} KiB`);

if (process.argv.includes('--check')) {
  const files = await unzip(path);
  let failed = 0;
  for (const { title, problem } of checkPackage(files, size, manifest)) {
    if (problem) failed += 1;
    const state = problem ? 'failed' : 'passed';
    console.log(`LABTEST ${JSON.stringify({ title, state, milliseconds: 0, error: problem })}`);
  }
  await unpack(files, unpacked);
  process.exitCode = failed === 0 ? 0 : 1;
}
