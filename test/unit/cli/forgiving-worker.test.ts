import { expect } from 'chai';
import type { Report } from '../../../src/engine';
import { forgivingWorkers, type Failure } from '../../../src/cli/forgiving-worker';
import type { FromWorker } from '../../../src/protocol/worker';
import { runSweep } from '../../../src/sandbox/run-sweep';
import type { Workerish } from '../../../src/sandbox/workerish';

type Fate = 'made' | 'refused' | 'deadly';

/** Workers that do to each run what its fate is; what was asked of any of them is in `asked`. */
function fakeWorkers(fates: readonly Fate[]) {
  const asked: (number | 'job')[] = [];
  const start = (): Workerish => {
    let say: (message: FromWorker) => void = () => undefined;
    let die: (reason: string) => void = () => undefined;
    return {
      post: (message) => {
        if (message.kind === 'job') {
          asked.push('job');
          return queueMicrotask(() => say({ kind: 'done' }));
        }
        const { run } = message;
        asked.push(run);
        queueMicrotask(() => {
          if (fates[run] === 'deadly') return die('it ran out of memory');
          if (fates[run] === 'refused') return say({ kind: 'failed', message: `no ${run}`, blame: 'input' });
          say({ kind: 'report', run, report: { seed: run } as Report, label: '', point: {} });
          say({ kind: 'done' });
        });
      },
      onMessage: (listener) => (say = listener),
      onError: (listener) => (die = listener),
      terminate: () => undefined,
    };
  };
  return { start, asked };
}

async function sweep(fates: readonly Fate[], workers: number, suspectOf: (run: number) => string = String) {
  const { start, asked } = fakeWorkers(fates);
  const failures = new Map<number, Failure>();
  const made: (number | string)[] = [];
  const outcome = await runSweep(
    { experiment: '', files: {}, runs: fates.length },
    {
      start: forgivingWorkers(start, failures, suspectOf),
      quickjs: {} as WebAssembly.Module,
      workers,
      onReport: ({ report }) => {
        const failure = failures.get(made.length);
        made.push(failure ? `${failure.blame}: ${failure.message}` : report.seed);
      },
      growth: (grow) => {
        queueMicrotask(grow);
        return () => undefined;
      },
    },
  );
  return { outcome, made, asked };
}

const DIED = 'infra: The worker that was to do this failed: it ran out of memory.';

describe('workers that forgive', () => {
  for (const workers of [1, 3]) {
    it(`let the other runs go on, in the document's order, with ${workers} of them`, async () => {
      const { outcome, made } = await sweep(['made', 'refused', 'made', 'deadly', 'made', 'refused'], workers);
      expect(outcome).to.deep.equal({ kind: 'done' });
      expect(made).to.deep.equal([0, 'input: no 1', 2, DIED, 4, 'input: no 5']);
    });
  }

  it('do not try again what killed one of them', async () => {
    const { made, asked } = await sweep(['deadly', 'made', 'deadly', 'made'], 1, (run) => String(run % 2));
    expect(made).to.deep.equal([DIED, 1, DIED, 3]);
    expect(asked).to.deep.equal(['job', 0, 'job', 1, 3]);
  });

  it('do not forgive what is wrong before any run', async () => {
    const start = (): Workerish => ({ ...fakeWorkers([]).start(), onError: (die) => queueMicrotask(() => die('it is not there')) });
    const outcome = await runSweep(
      { experiment: '', files: {}, runs: 1 },
      { start: forgivingWorkers(start, new Map(), String), quickjs: {} as WebAssembly.Module, workers: 1, onReport: () => undefined },
    );
    expect(outcome).to.deep.equal({ kind: 'failed', message: 'The worker that was to do this failed: it is not there.', blame: 'infra' });
  });
});
