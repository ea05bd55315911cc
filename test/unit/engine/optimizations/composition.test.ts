import { expect } from 'chai';
import fc from 'fast-check';
import { simulate, techniques, type Scenario, type TechniqueName } from '../../../../src/engine';
import {
  conflictIn,
  optimizations,
  optimized,
  refusal,
  type Choice,
  type OptimizationName,
  type Parameter,
  type Value,
} from '../../../../src/engine/optimizations';
import type { Optimization } from '../../../../src/engine/optimizations/optimization';
import { MECHANISMS, type Mechanism } from '../../../../src/engine/tracking/tracking';

const names = Object.keys(optimizations) as OptimizationName[];

/** Small guests that write a lot, so that rounds overlap with everything an optimisation does in between. */
const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    pages: fc.integer({ min: 1, max: 2000 }),
    workload: fc.constantFrom('idle', 'linear', 'sequential', 'random', 'hot-cold'),
    // Few writes, so that a page that gets lost is not written again by chance; or many.
    writesPerSecond: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 20_000 })),
    readsPerSecond: fc.integer({ min: 0, max: 5000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    zeroFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    vcpus: fc.integer({ min: 1, max: 3 }),
    compressedFraction: fc.double({ min: 0.1, max: 1.4, noNaN: true }),
    duplicateFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    freeFraction: fc.double({ min: 0, max: 0.4, noNaN: true }),
    mechanism: fc.constantFrom<Mechanism | undefined>(undefined, 'none', 'write-protect', 'kvm-bitmap', 'dirty-ring'),
    // On a slow link a round outlasts auto-converge's timer and dirty limit's period.
    bytesPerSecond: fc.oneof(fc.integer({ min: 300_000, max: 1_500_000 }), fc.integer({ min: 1_500_000, max: 50_000_000 })),
    latency: fc.constantFrom(0, 0.0001, 0.01),
    downtimeLimit: fc.double({ min: 0, max: 0.5, noNaN: true }),
    maxRounds: fc.integer({ min: 1, max: 12 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    ideal: fc.boolean(),
  })
  .map(({ share, mechanism, compressedFraction, duplicateFraction, bytesPerSecond, latency, downtimeLimit, maxRounds, seed, ideal, ...guest }) => ({
    guest: {
      ...guest,
      stateBytes: 10_000,
      workingSetPages: Math.max(1, Math.round(share * guest.pages)),
      content: { compressedFraction, duplicateFraction },
    },
    link: { bytesPerSecond, latency },
    ...(mechanism && { tracking: MECHANISMS[mechanism] }),
    downtimeLimit,
    maxRounds,
    seed,
    ideal,
  }));

const anyTechnique = fc.oneof(
  fc.constant('pre-copy' as const),
  fc.constantFrom(...(Object.keys(techniques) as TechniqueName[])),
);

const run = (scenario: Scenario, technique: TechniqueName, chosen: readonly Choice[]) => {
  const { scenario: prepared, strategy } = optimized(scenario, techniques[technique], chosen);
  return simulate(prepared, strategy, { technique });
};

describe('optimisations, together', () => {
  for (const name of names) {
    it(`\`${name}\` works with every technique and with any others that it does not refuse, in any order`, () => {
      const others = fc.uniqueArray(fc.constantFrom(...names.filter((other) => other !== name)), { maxLength: 3 });
      const chosen = fc
        .tuple(others, fc.nat(3))
        .map(([rest, at]) => [...rest.slice(0, at), name, ...rest.slice(at)])
        .filter((all) => refusal(all) === undefined);
      fc.assert(
        fc.property(anyScenario, anyTechnique, chosen, (scenario, technique, all) => {
          const report = run(scenario, technique, all);
          expect(report.violations).to.deep.equal([]);
          if (technique !== 'demand-paging') expect(report.residualPages).to.equal(0);
          for (const share of Object.values(report.throughput)) expect(share).to.be.within(0, 1);
          expect(report.transferredParts.pagesBytes + report.transferredParts.stateBytes).to.equal(report.transferredBytes);
        }),
        { numRuns: 40 },
      );
    });
  }

  it('every pair that is not refused works in both orders', function () {
    this.timeout(60_000); // some eight hundred migrations
    const busy: Scenario = {
      guest: {
        pages: 600,
        workload: 'hot-cold',
        writesPerSecond: 450,
        readsPerSecond: 150,
        workingSetPages: 270,
        zeroFraction: 0.2,
        freeFraction: 0.1,
        vcpus: 2,
        stateBytes: 10_000,
        content: { compressedFraction: 0.5, duplicateFraction: 0.3 },
      },
      link: { bytesPerSecond: 1_200_000, latency: 0.0001 },
      downtimeLimit: 0.05,
      maxRounds: 12,
      seed: 7,
      ideal: false,
    };
    for (const one of names) {
      for (const other of names) {
        if (one === other || refusal([one, other]) !== undefined) continue;
        for (const technique of ['pre-copy', 'hybrid'] as const) {
          const { violations, residualPages } = run(busy, technique, [one, other]);
          expect({ violations, residualPages }, `${technique} with ${one}, ${other}`).to.deep.equal({ violations: [], residualPages: 0 });
        }
      }
    }
  });

  it('the same seed gives the same report, to the byte', () => {
    const chosen = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }).filter((all) => refusal(all) === undefined);
    fc.assert(
      fc.property(anyScenario, anyTechnique, chosen, (scenario, technique, all) => {
        expect(JSON.stringify(run(scenario, technique, all))).to.equal(JSON.stringify(run(scenario, technique, all)));
      }),
      { numRuns: 60 },
    );
  });

  it('a refusal says which two and why, whichever comes first', () => {
    for (const pair of [['xbzrle', 'multifd'], ['multifd', 'xbzrle']]) {
      expect(refusal(pair)).to.match(/^`xbzrle` cannot be combined with `multifd`: QEMU refuses it: “Multifd is not compatible/);
    }
    expect(refusal(['skip-dirty', 'dirty-limit', 'auto-converge'])).to.match(/dirty-limit conflicts with auto-converge/);
    expect(refusal(['dedup', 'dedup-online'])).to.be.a('string');
    expect(refusal(['zero-pages', 'xbzrle', 'compression', 'dedup', 'auto-converge', 'skip-dirty'])).to.equal(undefined);
  });

  it('work with any values of their parameters', () => {
    const anyValue = (parameter: Parameter): fc.Arbitrary<Value> => {
      if (parameter.unit === 'true or false') return fc.boolean();
      const { least, most, steps, default: byDefault } = parameter;
      if (steps === 'powers of two') return fc.integer({ min: Math.log2(least), max: 20 }).map((power) => 2 ** power);
      if (steps === undefined) return fc.constantFrom(least, byDefault, 3 * byDefault, most);
      return fc.integer({ min: Math.round(least / steps), max: Math.round(most / steps) }).map((count) => count * steps);
    };
    const tuned = Object.values<Optimization>(optimizations).filter(({ parameters }) => parameters);
    const anyChoice = fc.constantFrom(...tuned).chain(({ name, parameters = {}, }) =>
      fc
        .record(Object.fromEntries(Object.entries(parameters).map(([key, parameter]) => [key, anyValue(parameter)])), { requiredKeys: [] })
        .map((values) => ({ name, parameters: values as Record<string, Value> }))
        .filter((choice) => conflictIn(choice) === undefined),
    );
    fc.assert(
      fc.property(anyScenario, anyTechnique, anyChoice, (scenario, technique, choice) => {
        const report = run(scenario, technique, [choice]);
        expect(report.violations).to.deep.equal([]);
        if (technique !== 'demand-paging') expect(report.residualPages).to.equal(0);
      }),
      { numRuns: 300 },
    );
  });

  for (const [name, optimization] of Object.entries<Optimization>(optimizations)) {
    it(`\`${name}\`, told the defaults of its parameters, does as it does by itself`, () => {
      const { parameters = {} } = optimization;
      const defaults = Object.fromEntries(Object.entries(parameters).map(([key, { default: value }]) => [key, value]));
      fc.assert(
        fc.property(anyScenario, (scenario) => {
          const told = run(scenario, 'pre-copy', [{ name, parameters: defaults }]);
          expect(JSON.stringify(told)).to.equal(JSON.stringify(run(scenario, 'pre-copy', [name])));
        }),
        { numRuns: Object.keys(parameters).length > 0 ? 20 : 1 },
      );
      for (const [key, parameter] of Object.entries<Parameter>(parameters)) {
        expect(parameter.meaning, key).to.match(/^[A-Z].*[.?]$/);
        if (parameter.unit === 'true or false') continue;
        for (const value of [parameter.default, ...parameter.examples]) expect(value, key).to.be.within(parameter.least, parameter.most);
      }
    });

    it(`\`${name}\` says in one sentence what it does, and refuses only what there is`, () => {
      expect(optimization.name).to.equal(name);
      expect(optimization.summary).to.match(/^[A-Z].{40,}\.$/);
      for (const [other, why] of Object.entries(optimization.excludes ?? {})) {
        expect(names).to.include(other);
        expect(why).to.match(/[.”]$/);
      }
    });
  }
});
