import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toScenario } from '../../../src/lab/experiment';
import { SandboxRunner } from '../../../src/sandbox/runner';

/** The compiled interpreter, as the hosts pass it to a worker. */
export function compileQuickJs(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm');
  return WebAssembly.compile(readFileSync(path));
}

export async function startRunner(): Promise<SandboxRunner> {
  return SandboxRunner.start(await compileQuickJs());
}

/** A guest of 16 MiB that writes: small enough for hundreds of runs, large enough to fault. */
export const SCENARIO = toScenario({
  'guest.memory': 2 ** 24,
  'guest.workload': 'hot-cold',
  'guest.writes': 4000,
  'guest.reads': 2000,
});
