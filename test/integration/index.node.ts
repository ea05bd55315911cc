import Mocha from 'mocha';
import { report } from './reporter';

/** Called by VS Code's Node extension host. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', reporter: 'base', timeout: 30_000 });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  // Only after the set-up are `describe` and `it` there.
  await import('integration-tests');
  await new Promise<void>((passed, failed) => {
    report(mocha.run((failures) => (failures === 0 ? passed() : failed(new Error(`${failures} tests failed`)))));
  });
}
