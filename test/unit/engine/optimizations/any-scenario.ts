import fc from 'fast-check';
import type { Scenario } from '../../../../src/engine';

/** Guests of up to 1,000 pages, with free pages and copies of the disk; links of 1 to 200 MB/s. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    pages: fc.integer({ min: 1, max: 1000 }),
    workload: fc.constantFrom('idle', 'linear', 'sequential', 'random', 'hot-cold'),
    writesPerSecond: fc.integer({ min: 0, max: 30_000 }),
    readsPerSecond: fc.integer({ min: 0, max: 30_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    start: fc.double({ min: 0, max: 0.999, noNaN: true }),
    zeroFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    freeFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    cacheFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    partitioned: fc.boolean(),
    vcpus: fc.integer({ min: 1, max: 5 }),
    stateBytes: fc.integer({ min: 0, max: 100_000 }),
    bytesPerSecond: fc.integer({ min: 1_000_000, max: 200_000_000 }),
    latency: fc.constantFrom(0, 0.0001, 0.01),
    queueBytes: fc.constantFrom(0, 100_000),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    ideal: fc.boolean(),
  })
  .map(({ share, start, bytesPerSecond, latency, queueBytes, seed, ideal, ...guest }) => ({
    guest: {
      ...guest,
      workingSetPages: Math.max(1, Math.round(share * guest.pages)),
      workingSetStart: Math.floor(start * guest.pages),
    },
    link: { bytesPerSecond, latency, queueBytes },
    downtimeLimit: 0.05,
    maxRounds: 10,
    seed,
    ideal,
  }));
