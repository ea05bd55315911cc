import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../../src/qemu/compare/comparison';
import { parseResults } from '../../../src/qemu/compare/raw-results';
import { simulated } from '../../../src/qemu/compare/simulated';

/** The real migrations behind docs/validation.md, simulated again. */
describe('the simulator, held to recorded migrations of real QEMU', function () {
  this.timeout(120_000);
  const file = join(import.meta.dirname, '../../../docs/validation.jsonl');
  const measurements = parseResults(readFileSync(file, 'utf8'));
  const comparison = compare(measurements.map((measurement) => ({ measurement, simulated: simulated(measurement) })));

  it('says the same of convergence in every cell', () => {
    expect(comparison.verdicts.of).to.be.greaterThan(25);
    expect(comparison.verdicts.same).to.equal(comparison.verdicts.of);
  });

  it('is as right as the page says, where QEMU repeats itself', () => {
    const { cells, errors, downtimeSeconds } = comparison.quiet;
    expect(cells).to.be.greaterThan(5);
    expect(errors.pagesSent.median).to.be.lessThan(0.01);
    expect(errors.transferredBytes.median).to.be.lessThan(0.01);
    expect(errors.totalSeconds.median).to.be.lessThan(0.02);
    expect(downtimeSeconds.median).to.be.lessThan(0.015);
  });
});
