import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { simulate, techniques } from '../../../src/engine';
import { toScenario } from '../../../src/lab/experiment';
import type { SandboxRunner } from '../../../src/sandbox/runner';
import { SCENARIO, startRunner } from './start-runner';

const SCENARIOS = {
  'writing guest': SCENARIO,
  'idle guest with zero pages': toScenario({ 'guest.memory': 2 ** 22, 'guest.workload': 'idle', 'guest.zero': 0.5 }),
  'fast writer': toScenario({
    'guest.memory': 2 ** 23,
    'guest.workload': 'random',
    'guest.writes': 1e5,
    'guest.reads': 1e5,
    downtimeLimit: 0.001,
  }),
  'ideal world': toScenario({ 'guest.memory': 2 ** 22, 'guest.workload': 'linear', 'guest.writes': 2000, ideal: true }),
};

describe('the techniques in the sandbox', () => {
  let runner: SandboxRunner;
  before(async () => (runner = await startRunner()));

  for (const [name, strategy] of Object.entries(techniques)) {
    const source = readFileSync(new URL(`../../../src/engine/techniques/${name}.ts`, import.meta.url), 'utf8');
    for (const [setting, scenario] of Object.entries(SCENARIOS)) {
      it(`${name}: the same report as natively, to the byte (${setting})`, () => {
        const { report } = runner.run(source, scenario, { file: name });
        expect(JSON.stringify(report)).to.equal(JSON.stringify(simulate(scenario, strategy, { technique: name })));
      });
    }
  }
});
