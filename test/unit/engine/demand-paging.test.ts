import { expect } from 'chai';
import { simulate, techniques, type GuestSpec, type RunEvent } from '../../../src/engine';
import { gigabit } from './optimizations/run-with';

describe('pure demand paging', () => {
  const once: Partial<GuestSpec> = { pages: 8192, workload: 'once', workingSetPages: 3000 };
  /** The report, and when the guest asked for the last page. */
  const run = (guest: Partial<GuestSpec>) => {
    let lastAt = 0;
    const log = (event: RunEvent) => {
      if (event.event === 'fault') lastAt = event.seconds;
    };
    return { ...simulate(gigabit(guest), techniques['demand-paging'], { log }), lastAt };
  };

  it('is over one second after the guest has asked for its last page, whenever that was', () => {
    for (const readsPerSecond of [700, 1000, 1530, 2200, 3700, 10_000]) {
      const { totalSeconds, lastAt, residualPages, networkFaults } = run({ ...once, readsPerSecond });
      expect(networkFaults).to.equal(3000);
      expect(residualPages).to.equal(5192);
      expect(totalSeconds - lastAt).to.be.within(1, 1 + 0.02 * lastAt);
    }
  });

  it('is over when the last page has arrived, if all of them are asked for', () => {
    const { totalSeconds, lastAt, residualPages } = run({ ...once, workingSetPages: 8192, readsPerSecond: 3000 });
    expect(residualPages).to.equal(0);
    expect(totalSeconds - lastAt).to.be.within(0, 0.001);
  });

  it('waits a second for a guest that asks for nothing', () => {
    const { totalSeconds, downtimeSeconds, networkFaults } = run({ workload: 'idle' });
    expect(networkFaults).to.equal(0);
    expect(totalSeconds - downtimeSeconds).to.be.within(1 - 0.001, 1);
  });
});
