/** Prints one line for each test, which scripts/host-tests.ts passes on and scripts/test.mjs counts. */
export function report(runner: Mocha.Runner): void {
  runner.on('pass', (test) => print(test, 'passed'));
  runner.on('fail', (test, error) => print(test, 'failed', String(error?.stack ?? error)));
}

function print(test: Mocha.Test, state: 'passed' | 'failed', error?: string): void {
  console.log(`LABTEST ${JSON.stringify({ title: test.fullTitle(), state, milliseconds: test.duration ?? 0, error })}`);
}
