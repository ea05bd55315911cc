// `npm test`: everything that CI runs, from a bare checkout. `npm test -- unit web` runs only these stages.
// Only what Node itself brings can be imported here: node_modules may not exist yet.
import { killAll, run, whenStopped } from './bare/command.mjs';
import { CannotInstall, checkout, installChromium, installModules, installNodeHost, installQemu } from './bare/install.mjs';

/**
 * @typedef {object} Stage
 * @property {string} does
 * @property {string[]} command what Node runs
 * @property {number} limitSeconds
 * @property {boolean} [tests] prints a line for each test; none at all is a failure
 * @property {('chromium' | 'nodeHost')[]} [needs]
 * @property {'qemu'} [wants] without it the stage is skipped, and says why
 * @property {string} [after] a stage that has to come before
 */

const tsx = ['--import', 'tsx'];
/** @type {Record<string, Stage>} */
const stages = {
  lint: { does: 'style and layers', command: ['node_modules/eslint/bin/eslint.js', '.'], limitSeconds: 300 },
  types: { does: 'types', command: ['node_modules/typescript/bin/tsc', '-b'], limitSeconds: 300 },
  unit: {
    does: 'unit tests', command: ['node_modules/mocha/bin/mocha.js', 'test/unit/**/*.test.ts'],
    limitSeconds: 600, tests: true,
  },
  mutations: {
    does: 'the engine, broken on purpose', command: ['node_modules/mocha/bin/mocha.js', 'test/mutations/*.test.ts'],
    limitSeconds: 600, tests: true,
  },
  build: { does: 'build', command: ['esbuild.mjs'], limitSeconds: 300 },
  cli: {
    does: 'the command line', command: ['node_modules/mocha/bin/mocha.js', 'test/cli/**/*.test.ts'],
    limitSeconds: 300, tests: true, after: 'build',
  },
  qemu: {
    does: 'real migrations with QEMU', command: ['node_modules/mocha/bin/mocha.js', 'test/qemu/**/*.test.ts'],
    limitSeconds: 600, tests: true, wants: 'qemu', after: 'build',
  },
  web: {
    does: 'tests in the web extension host', command: [...tsx, 'scripts/host-tests.ts', 'web'],
    limitSeconds: 600, tests: true, needs: ['chromium'], after: 'build',
  },
  node: {
    does: 'tests in the Node extension host', command: [...tsx, 'scripts/host-tests.ts', 'node'],
    limitSeconds: 600, tests: true, needs: ['chromium', 'nodeHost'], after: 'build',
  },
  package: {
    does: 'the package and what is in it', command: [...tsx, 'scripts/package.ts', '--check'],
    limitSeconds: 300, tests: true,
  },
  start: {
    does: 'npm start', command: ['node_modules/mocha/bin/mocha.js', 'test/start/**/*.test.ts'],
    limitSeconds: 600, tests: true,
  },
  'e2e-web': {
    does: 'journeys with the package in the web extension host', command: [...tsx, 'scripts/e2e.ts', 'web', '--packaged'],
    limitSeconds: 900, tests: true, needs: ['chromium'], after: 'package',
  },
  'e2e-node': {
    does: 'journeys with the package in the Node extension host', command: [...tsx, 'scripts/e2e.ts', 'node', '--packaged'],
    limitSeconds: 900, tests: true, needs: ['chromium', 'nodeHost'], after: 'package',
  },
};

const names = chosen(process.argv.slice(2));
whenStopped(() => {
  killAll();
  process.exit(130);
});

const start = Date.now();
/** @type {{ name: string, passed: number, failed: number, seconds: number, note: string }[]} */
const results = [];
/** What failed, said again at the end: of a long log, people see the end. @type {string[]} */
const failures = [];
try {
  await timed('install', installModules);
  const needed = new Set(names.flatMap((name) => stages[name]?.needs ?? []));
  // While the stages run that need only node_modules.
  const background = {
    chromium: needed.has('chromium') ? settled(timed('install chromium', installChromium)) : undefined,
    nodeHost: needed.has('nodeHost') ? settled(timed('install Node host', installNodeHost)) : undefined,
    qemu: names.some((name) => stages[name]?.wants) ? settled(timed('install QEMU', installQemu)) : undefined,
  };
  for (const name of names) await runStage(name, background);
} catch (error) {
  if (!(error instanceof CannotInstall)) throw error;
  console.error(error.message);
  results.push({ name: 'install', passed: 0, failed: 1, seconds: 0, note: error.message });
}
killAll();
process.exit(summary());

/** The stages asked for and those they build on, in the order in which they run. @param {string[]} asked */
function chosen(asked) {
  const unknown = asked.find((name) => !(name in stages));
  if (unknown !== undefined) {
    console.error(`No stage "${unknown}"; there are: ${Object.keys(stages).join(', ')}.`);
    process.exit(2);
  }
  const wanted = new Set(asked.length === 0 ? Object.keys(stages) : asked);
  for (const name of [...wanted]) wanted.add(stages[name]?.after ?? name);
  return Object.keys(stages).filter((name) => wanted.has(name));
}

/**
 * @param {string} name
 * @param {Record<'chromium' | 'nodeHost' | 'qemu', Promise<Error | undefined> | undefined>} background
 */
async function runStage(name, background) {
  const stage = /** @type {Stage} */ (stages[name]);
  const result = { name, passed: 0, failed: 0, seconds: 0, note: '' };
  results.push(result);
  const broken = results.find((each) => each.name === stage.after && each.failed > 0 && each.passed === 0);
  if (broken) return void Object.assign(result, { failed: 1, note: `not run, since ${broken.name} failed` });
  for (const need of stage.needs ?? []) {
    const error = await background[need];
    if (error) return void Object.assign(result, { failed: 1, note: error.message });
  }
  const missing = stage.wants && await background[stage.wants];
  if (missing) {
    console.log(`\n── ${name}: skipped: ${missing.message}`);
    return void Object.assign(result, { note: `skipped: ${missing.message}` });
  }
  console.log(`\n── ${name}: ${stage.does}`);
  const begin = Date.now();
  const { code, late } = await run(process.execPath, stage.command, {
    cwd: checkout,
    env: { ...process.env, LAB_COUNT_TESTS: '1', FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    limitSeconds: stage.limitSeconds,
    onLine: (line) => {
      if (!line.startsWith('LABTEST ')) return false;
      const { title, state, error } = JSON.parse(line.slice('LABTEST '.length));
      result[state === 'passed' ? 'passed' : 'failed'] += 1;
      if (state !== 'passed') failures.push(`${name}: ${title}${error ? `\n  ${error}` : ''}`);
      // Mocha prints its own list for people.
      if (!stage.command.some((part) => part.includes('mocha'))) console.log(`  ${state === 'passed' ? '✔' : '✘'} ${title}${error ? `\n    ${error}` : ''}`);
      return true;
    },
  });
  result.seconds = (Date.now() - begin) / 1000;
  if (late) result.note = `stopped: it did not end within ${stage.limitSeconds} s`;
  else if (stage.tests && result.passed + result.failed === 0) result.note = 'no test ran';
  else if (code !== 0 && result.failed === 0) result.note = `failed with exit code ${code}`;
  if (result.note) {
    result.failed += 1;
    console.error(`${name}: ${result.note}`);
  }
}

/** Prints the table and the last line; returns the exit code. */
function summary() {
  console.log('');
  for (const { name, passed, failed, seconds, note } of results) {
    const tests = passed + failed > 0 ? `${passed} passed, ${failed} failed` : 'ok';
    console.log(`${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s  ${tests}${note ? `  (${note})` : ''}`);
  }
  console.log(`${'in all'.padEnd(18)} ${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s\n`);
  if (failures.length > 0) console.log(`Failed:\n\n${failures.join('\n')}\n`);
  const passed = results.reduce((sum, each) => sum + each.passed, 0);
  const failed = results.reduce((sum, each) => sum + each.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** @param {string} name @param {() => Promise<void>} action */
async function timed(name, action) {
  const begin = Date.now();
  await action();
  const seconds = (Date.now() - begin) / 1000;
  if (seconds > 1) results.push({ name, passed: 0, failed: 0, seconds, note: '' });
}

/** An error that is looked at later, when a stage needs what has failed. @param {Promise<void>} promise */
function settled(promise) {
  return promise.then(() => undefined, (/** @type {Error} */ error) => error);
}
