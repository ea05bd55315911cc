const { reporters: { Spec } } = require('mocha');

/** For people, Spec; for scripts/test.mjs, one line for each test, in the shape that the extension hosts' tests use. */
module.exports = class extends Spec {
  /** @param {import('mocha').Runner} runner @param {import('mocha').MochaOptions} options */
  constructor(runner, options) {
    super(runner, options);
    if (!process.env.LAB_COUNT_TESTS) return;
    runner.on('pass', (test) => print(test, 'passed'));
    runner.on('fail', (test, error) => print(test, 'failed', String(error)));
  }
};

/** @param {import('mocha').Test} test @param {'passed' | 'failed'} state @param {string} [error] */
function print(test, state, error) {
  console.log(`LABTEST ${JSON.stringify({ title: test.fullTitle(), state, milliseconds: test.duration ?? 0, error })}`);
}
