import 'mocha/mocha.js';
import { report } from './reporter';

/** Called by VS Code's web worker extension host. */
export async function run(): Promise<void> {
  mocha.setup({ ui: 'bdd', reporter: 'base', timeout: 30_000 });
  // Only after the set-up are `describe` and `it` there.
  await import('integration-tests');
  await new Promise<void>((passed, failed) => {
    report(mocha.run((failures) => (failures === 0 ? passed() : failed(new Error(`${failures} tests failed`)))));
  });
}
