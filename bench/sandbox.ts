import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { simulate, techniques, type Scenario } from '../src/engine';
import { gradeStrategy } from '../src/lab/grading/grade-strategy';
import { strategyTasks } from '../src/lab/course';
import { SandboxRunner } from '../src/sandbox/runner';
import { course } from '../labs';
import { atMost, figure, median, milliseconds, sideBySide, type Row } from './row';

/** What the sandbox costs: the same strategies native and in QuickJS, and a whole check as a student feels it. */
export async function* sandboxRows(): AsyncGenerator<Row> {
  const file = createRequire(`${process.cwd()}/package.json`).resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm');
  const quickjs = await WebAssembly.compile(readFileSync(file));
  const start = performance.now();
  const sandbox = await SandboxRunner.start(quickjs);
  yield figure('starting the sandbox (interpreter and type stripper)', performance.now() - start, 'ms');

  for (const name of ['pre-copy', 'post-copy'] as const) {
    const source = readFileSync(`labs/05-five-techniques/reference/${name}.ts`, 'utf8');
    let steps = 0;
    const counting: typeof techniques[typeof name] = function* (m) {
      for (const step of techniques[name](m)) {
        steps++;
        yield step;
      }
    };
    simulate(guest, counting);
    const { a, b, ratio } = sideBySide(() => sandbox.run(source, guest, { file: name }), () => simulate(guest, techniques[name]), 5);
    yield figure(`${name} of 64 MiB, sandboxed`, a, 'ms');
    yield figure(`${name} of 64 MiB, native`, b, 'ms');
    yield figure(`${name}: sandboxed against native`, ratio, '×');
    if (steps > 100) yield figure(`${name}: what the sandbox adds to each of ${steps} steps`, ((a - b) * 1000) / steps, 'µs');
  }

  for (const question of course.questions) {
    for (const task of strategyTasks(question)) {
      const source = readFileSync(`labs/${question.id}/reference/${task.id}.ts`, 'utf8');
      const check = () => void gradeStrategy(question.id, task, { file: task.file, source }, 1, sandbox);
      check();
      yield atMost(`checking ${question.id}/${task.id}`, median(Array.from({ length: 3 }, () => milliseconds(check))), 'ms', 1000);
    }
  }
}

const guest: Scenario = {
  guest: { pages: 16_384, workload: 'hot-cold', writesPerSecond: 8192, readsPerSecond: 8192, workingSetPages: 4096, zeroFraction: 0, vcpus: 2, stateBytes: 2 ** 20 },
  link: { bytesPerSecond: 125e6, latency: 1e-4 },
  downtimeLimit: 0.03,
  maxRounds: 30,
  seed: 1,
  ideal: false,
};
