import fc from 'fast-check';
import { MECHANISMS, techniques, type Scenario, type TechniqueName } from '../../../src/engine';

/** Guests, links and limits, with nothing around them. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    pages: fc.integer({ min: 1, max: 3000 }),
    workload: fc.constantFrom('idle', 'linear', 'sequential', 'random', 'hot-cold'),
    writesPerSecond: fc.integer({ min: 0, max: 60_000 }),
    readsPerSecond: fc.integer({ min: 0, max: 60_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    zeroFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    vcpus: fc.integer({ min: 1, max: 5 }),
    stateBytes: fc.integer({ min: 0, max: 100_000 }),
    bytesPerSecond: fc.integer({ min: 1_000_000, max: 200_000_000 }),
    latency: fc.constantFrom(0, 0.0001, 0.01),
    downtimeLimit: fc.double({ min: 0, max: 0.5, noNaN: true }),
    maxRounds: fc.integer({ min: 1, max: 30 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    ideal: fc.boolean(),
  })
  .map(({ share, bytesPerSecond, latency, downtimeLimit, maxRounds, seed, ideal, ...guest }) => ({
    guest: { ...guest, workingSetPages: Math.max(1, Math.round(share * guest.pages)) },
    link: { bytesPerSecond, latency },
    downtimeLimit,
    maxRounds,
    seed,
    ideal,
  })) as fc.Arbitrary<Scenario>;
/** The textbook's five. */
export const anyTechnique = fc.constantFrom(...(Object.keys(techniques) as TechniqueName[]));

/** What else there may be: things that break, devices, disks, sockets, and work for the CPU. */
export const anySurroundings: fc.Arbitrary<Scenario> = fc
  .record({
    scenario: anyScenario,
    device: fc.constantFrom(0, 0, 5000),
    deviceTracked: fc.boolean(),
    queueBytes: fc.constantFrom(0, 0, 400_000),
    pageSeconds: fc.constantFrom(0, 0, 1e-5, 2e-4),
    mechanism: fc.constantFrom(...(Object.keys(MECHANISMS) as (keyof typeof MECHANISMS)[])),
    encoding: fc.constantFrom(undefined, 'xbzrle', 'compressed', 'duplicate'),
    inFlightSeconds: fc.constantFrom(0, 0.02),
    diskBytes: fc.constantFrom(0, 0, 1_000_000),
    setupSeconds: fc.constantFrom(0, 0.1),
    faults: fc.array(
      fc.record({ kind: fc.constantFrom('link', 'link', 'destination'), at: fc.double({ min: 0, max: 2, noNaN: true }), seconds: fc.constantFrom(0.001, 0.5) }),
      { maxLength: 2 },
    ),
    recovers: fc.boolean(),
  })
  .map(({ scenario, device, deviceTracked, queueBytes, pageSeconds, mechanism, encoding, inFlightSeconds, diskBytes, faults, ...rest }) => ({
    ...scenario,
    ...rest,
    ideal: false,
    guest: { ...scenario.guest, deviceWritesPerSecond: device, deviceTracked, content: { compressedFraction: 0.5, duplicateFraction: 0.3 } },
    link: { ...scenario.link, queueBytes },
    tracking: MECHANISMS[mechanism],
    stream: { fullPageSeconds: pageSeconds, encodings: encoding === undefined ? [] : [ENCODINGS[encoding as keyof typeof ENCODINGS]] },
    ...(diskBytes > 0 && { storage: { bytes: diskBytes, writtenBytesPerSecond: 100_000, inFlightSeconds } }),
    faults: faults.sort((a, b) => a.at - b.at),
  })) as fc.Arbitrary<Scenario>;

const ENCODINGS = {
  xbzrle: { kind: 'xbzrle', cachePages: 1024, encodeSeconds: 2e-6 },
  compressed: { kind: 'compressed', encodeSeconds: 1e-5 },
  duplicate: { kind: 'duplicate', hashSeconds: 2e-6 },
} as const;
