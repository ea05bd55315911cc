import { expect } from 'chai';
import type { Cell } from '../../src/qemu/compare/cell';
import { measure } from '../../src/qemu/compare/measure';
import { simulated } from '../../src/qemu/compare/simulated';
import { whyNoQemu } from './guest-machine';

/** An idle guest of 16 MiB: what is sent does not hang on how busy this computer is. */
const CELL: Cell = {
  technique: 'pre-copy', workload: 'idle', rate: 0, workingSetMebibytes: 4, zero: 0.25, memoryMebibytes: 16,
  linkBytesPerSecond: 31.25e6, downtimeLimitMilliseconds: 300,
};

describe('a comparison with real QEMU', function () {
  this.timeout(120_000);

  before(function () {
    const reason = whyNoQemu();
    if (reason !== undefined) {
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
  });

  it('measures a cell, and the simulator sends the same pages', async () => {
    const measurement = await measure(CELL, 1);
    const { real, guestPages, qemu } = measurement;
    expect(qemu).to.match(/^\d+\.\d+/);
    expect(real.converged).to.equal(true);
    expect(guestPages).to.be.within(16 * 256, 16 * 256 + 500);
    const says = simulated(measurement);
    // Real ones have a few pages of the guest's own program on top, which it writes each millisecond.
    expect(real.pagesSent).to.be.within(says.pagesSent, says.pagesSent + 20);
    expect(Math.abs(says.transferredBytes / real.transferredBytes - 1)).to.be.lessThan(0.02);
  });

  it('is broken off by a signal', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const progress = ({ phase }: { phase: string }) => {
      if (phase === 'Migrating') abort.abort(reason);
    };
    const error = await measure(CELL, 1, { signal: abort.signal, progress }).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).to.equal(reason);
  });
});
