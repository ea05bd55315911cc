import { simulate, techniques, type GuestSpec, type Report, type Scenario, type TechniqueName } from '../../../../src/engine';
import { optimized, type Choice, type OptimizationName } from '../../../../src/engine/optimizations';

/** A guest of 128 MiB and a link of 1 Gbit/s, with headers and latency. */
export function gigabit(guest: Partial<GuestSpec> = {}, rest: Partial<Scenario> = {}): Scenario {
  return {
    guest: {
      pages: 32_768,
      workload: 'linear',
      writesPerSecond: 0,
      readsPerSecond: 0,
      workingSetPages: 8192,
      zeroFraction: 0,
      vcpus: 1,
      stateBytes: 2 ** 20,
      ...guest,
    },
    link: { bytesPerSecond: 125e6, latency: 1e-4 },
    downtimeLimit: 0.1,
    maxRounds: 30,
    seed: 1,
    ideal: false,
    ...rest,
  };
}

/** An optimisation by its name, or one with parameters, by one of the names there are. */
type Chosen = OptimizationName | Exclude<Choice, string>;

export function runWith(names: readonly Chosen[], scenario: Scenario, technique: TechniqueName = 'pre-copy'): Report {
  const { scenario: prepared, strategy } = optimized(scenario, techniques[technique], names);
  return simulate(prepared, strategy, { technique });
}
