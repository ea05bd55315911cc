import { expect } from 'chai';
import { mutations } from './mutations';
import { runMutated } from './run-mutated';

/** The tests of the engine's rules are tested themselves: whoever stops enforcing a rule must see one of them fail. */
describe('broken on purpose, the engine is caught', function () {
  this.timeout(120_000);

  it('as it is, it passes', async () => {
    const every = [...new Set(mutations.flatMap(({ seenBy }) => seenBy))];
    const { failed, output } = await runMutated(every);
    expect(failed, output).to.equal(false);
    expect(output).to.match(/\d+ passing/);
  });

  for (const mutation of mutations) {
    it(mutation.breaks, async () => {
      const { failed, output } = await runMutated(mutation.seenBy, mutation);
      expect(failed, `The tests did not notice:\n${output}`).to.equal(true);
    });
  }
});
