import type { GuestSpec, Scenario } from '../../../src/engine';

/** The world of reference §5.1: 1 GiB, a link of 32,768 pages/s. All figures are powers of two, so nothing rounds. */
export const N = 262_144;
export const B = 32_768;

export function ideal(guest: Partial<GuestSpec> = {}, rest: Partial<Scenario> = {}): Scenario {
  return {
    guest: {
      pages: N,
      workload: 'linear',
      writesPerSecond: 0,
      readsPerSecond: 0,
      workingSetPages: N,
      zeroFraction: 0,
      vcpus: 1,
      stateBytes: 0,
      ...guest,
    },
    link: { bytesPerSecond: B * 4096, latency: 0 },
    downtimeLimit: 0.3,
    maxRounds: 30,
    seed: 1,
    ideal: true,
    ...rest,
  };
}
