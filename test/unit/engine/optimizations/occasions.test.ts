import { expect } from 'chai';
import fc from 'fast-check';
import { optimizations, optimized, simulate, techniques, type Scenario, type TechniqueName } from '../../../../src/engine';
import type { Optimization } from '../../../../src/engine/optimizations/optimization';
import { occasions } from '../../../../src/engine/techniques';
import { MECHANISMS } from '../../../../src/engine/tracking/tracking';
import { anyScenario } from './any-scenario';
import { gigabit } from './run-with';

const pairs = Object.values<Optimization>(optimizations).flatMap(({ name, needs }) =>
  (Object.keys(techniques) as TechniqueName[]).map((technique) => ({
    name,
    technique,
    isOfUse: needs === undefined || occasions[technique].includes(needs),
  })),
);

function figuresOf(scenario: Scenario, technique: TechniqueName, names: string[]) {
  const { scenario: prepared, strategy } = optimized(scenario, techniques[technique], names);
  const report = simulate(prepared, strategy);
  const { rounds, downtimeSeconds, totalSeconds, transferredBytes, pagesSent, networkFaults, throughput } = report;
  return { rounds, downtimeSeconds, totalSeconds, transferredBytes, pagesSent, networkFaults, throughput };
}

describe('an optimisation that a technique gives no occasion', () => {
  // Watching the guest takes a second, of whatever use that is.
  for (const { name, technique } of pairs.filter((pair) => !pair.isOfUse && pair.name !== 'lru-order')) {
    it(`changes nothing: ${name}, ${technique}`, () => {
      fc.assert(
        fc.property(anyScenario, (scenario) => {
          // The ring has its costs all the same.
          const setting = name === 'dirty-limit' ? { ...scenario, tracking: MECHANISMS['dirty-ring'] } : scenario;
          expect(figuresOf(setting, technique, [name])).to.deep.equal(figuresOf(setting, technique, []));
        }),
        { numRuns: 15 },
      );
    });
  }
});

describe('an optimisation that a technique gives an occasion', () => {
  const busy = gigabit(
    {
      pages: 8192,
      workload: 'hot-cold',
      writesPerSecond: 60_000,
      readsPerSecond: 20_000,
      workingSetPages: 6000,
      zeroFraction: 0.1,
      freeFraction: 0.1,
      cacheFraction: 0.2,
      vcpus: 2,
      content: { compressedFraction: 0.5, duplicateFraction: 0.3 },
    },
    {
      link: { bytesPerSecond: 15e6, latency: 1e-3, queueBytes: 1e5 },
      stream: { encodings: [], zeroPages: false },
      storage: { bytes: 1e7, writtenBytesPerSecond: 0 },
      faults: [{ kind: 'link', at: 1, seconds: 0.1 }],
      downtimeLimit: 0.1,
    },
  );
  const unbroken = { ...busy, faults: [] };

  for (const { name } of Object.values<Optimization>(optimizations).filter(({ needs }) => needs)) {
    it(`changes something: ${name}`, () => {
      const setting = name === 'recovery' ? busy : unbroken;
      const changed = pairs
        .filter((pair) => pair.name === name && pair.isOfUse)
        .filter(({ technique }) => {
          const [without, with_] = [[], [name]].map((names) => JSON.stringify(figuresOf(setting, technique, names)));
          return with_ !== without;
        });
      expect(changed).not.to.deep.equal([]);
    });
  }
});
