import { expect } from 'chai';
import fc from 'fast-check';
import type { Progress } from '../../../src/protocol/worker';
import { runSweep, type SweepOptions } from '../../../src/sandbox/run-sweep';
import { FakeWorkers, type Fate } from './fake-workers';

/** An empty WebAssembly module: the fakes interpret nothing. */
const quickjs = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

interface Course {
  runs: number;
  workers: number;
  /** After how many steps more workers are worth it. */
  growAt: number;
  /** Who speaks next, step by step. */
  picks: number[];
}

const courses = fc.record({
  runs: fc.integer({ min: 1, max: 40 }),
  workers: fc.integer({ min: 1, max: 6 }),
  growAt: fc.nat(30),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
});

interface Sitting {
  fates?: Record<number, Fate>;
  /** The technique of each run; default: one of its own. */
  techniques?: readonly string[];
  /** What becomes of each worker that prepares; default: it succeeds. */
  prepares?: () => Fate;
  /** After how many steps it is aborted. */
  abortAt?: number;
  options?: Partial<SweepOptions>;
}

/** Goes through a sweep step by step until nobody has anything more to say. */
async function sweep({ runs, workers, growAt, picks }: Course, { fates = {}, techniques = named(runs), prepares, abortAt, options }: Sitting = {}) {
  const fakes = new FakeWorkers((run) => fates[run] ?? 'fine', prepares);
  const reported: (number | string)[] = [];
  const progress: Progress[] = [];
  const abort = new AbortController();
  let grow = () => {};
  let calledOff = false;
  let abortedInTime = false;
  const ended = runSweep(
    { experiment: '', files: {}, techniques },
    {
      start: fakes.start,
      quickjs,
      workers,
      signal: abort.signal,
      onReport: ({ report }) => reported.push(report.seed),
      onFailure: ({ message, blame }, run) => reported.push(`${run}, ${blame}: ${message}`),
      onProgress: (now) => progress.push(now),
      growth: (start) => {
        grow = start;
        return () => void (calledOff = true);
      },
      ...options,
    },
  );
  for (let i = 0; ; i++) {
    if (i === growAt && !calledOff) grow();
    if (i === abortAt) {
      abortedInTime = fakes.alive.length > 0;
      abort.abort();
    }
    if (!fakes.step(picks[i % picks.length]!)) break;
  }
  const atTheEnd = { alive: fakes.alive.length, reported: reported.length, calledOff };
  return { outcome: await ended, fakes, reported, progress, abortedInTime, atTheEnd };
}

/** Listens to nothing. */
const nobody = { onReport: () => {}, onFailure: () => {} };
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const named = (runs: number) => upTo(runs).map((run) => `technique ${run}`);

/** What comes of a run, by its fate. */
function tellOf(run: number, fate: Fate): number | string {
  switch (fate) {
    case 'wrong':
      return `${run}, input: run ${run}`;
    case 'infra':
      return `${run}, infra: run ${run}`;
    case 'crash':
      return `${run}, infra: The worker that was to do this failed: crash.`;
    case 'silent':
      return `${run}, infra: Nothing was heard from the worker`;
    case 'fine':
      return run;
  }
}

describe('a sweep', () => {
  it('makes every run once and reports in the order of the document, whoever is fast', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const { outcome, fakes, reported } = await sweep(course);
        expect(outcome).to.deep.equal({ kind: 'done' });
        expect(reported).to.deep.equal(upTo(course.runs));
        expect([...fakes.asked].sort((a, b) => a - b)).to.deep.equal(upTo(course.runs));
        expect(fakes.alive).to.have.length(0);
        expect(fakes.most).to.be.at.most(Math.min(course.workers, course.runs));
      }),
    );
  });

  it('hands each report on as soon as those before it are there', async () => {
    const { first, second, order, rest } = pair({ runs: 3 });
    // The second worker prepares and makes run 1 before the first has made run 0.
    first.speak(1);
    second.speak(3);
    expect(order).to.deep.equal([]);
    first.speak(2);
    expect(order).to.deep.equal(['run 0', 'run 1']);
    expect(await rest()).to.deep.equal({ kind: 'done' });
    expect(order).to.deep.equal(['run 0', 'run 1', 'run 2']);
  });

  it('sends a worker away once nothing is left to do: an idle one would be taken for a silent one', async () => {
    const { first, second, rest } = pair({ runs: 2 });
    first.speak(1);
    second.speak(4);
    expect([first.isAlive, second.isAlive]).to.deep.equal([true, false]);
    expect(await rest()).to.deep.equal({ kind: 'done' });
  });

  it('tells of a failure when its turn has come, too', async () => {
    const { first, second, order, rest } = pair({ runs: 2, fates: { 1: 'wrong' } });
    first.speak(1);
    second.speak(3);
    expect([first.isAlive, second.isAlive]).to.deep.equal([true, false]);
    expect(order).to.deep.equal([]);
    expect(await rest()).to.deep.equal({ kind: 'done' });
    expect(order).to.deep.equal(['run 0', 'not run 1']);
  });

  it('tells how far it is, never backwards, up to the end', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const { progress } = await sweep(course);
        const done = progress.map((now) => now.done);
        expect(done).to.deep.equal([...done].sort((a, b) => a - b));
        expect(progress[0]).to.include({ done: 0, total: course.runs });
        expect(done.at(-1)).to.equal(course.runs);
      }),
    );
  });

  it('keeps one worker until more are worth it, and starts no more than there are runs left', async () => {
    const idle = { runs: 20, workers: 4, growAt: 1e9, picks: [0] };
    expect((await sweep(idle)).fakes.all).to.have.length(1);
    expect((await sweep({ ...idle, growAt: 10 })).fakes.all).to.have.length(4);
    expect((await sweep({ ...idle, runs: 2, growAt: 3 })).fakes.all).to.have.length(2);
    expect((await sweep({ ...idle, runs: 1, growAt: 2 })).fakes.all).to.have.length(1);
  });

  it('makes the other runs when some fail, and tells of these in their places', async () => {
    const some = fc.dictionary(fc.nat(39).map(String), fc.constantFrom<Fate>('wrong', 'infra', 'crash'));
    await fc.assert(
      fc.asyncProperty(courses, some, async (course, fates) => {
        const { outcome, fakes, reported } = await sweep(course, { fates });
        expect(outcome).to.deep.equal({ kind: 'done' });
        expect(reported).to.deep.equal(upTo(course.runs).map((run) => tellOf(run, fates[run] ?? 'fine')));
        expect([...fakes.asked].sort((a, b) => a - b)).to.deep.equal(upTo(course.runs));
        expect(fakes.alive).to.have.length(0);
        expect(fakes.most).to.be.at.most(course.workers);
      }),
    );
  });

  it('does not try again a technique that a worker died of', async () => {
    const course = { runs: 6, workers: 1, growAt: 1e9, picks: [0] };
    const techniques = ['fine', 'deadly', 'fine', 'deadly', 'wrong', 'wrong'];
    const { fakes, reported } = await sweep(course, { techniques, fates: { 1: 'crash', 4: 'wrong', 5: 'wrong' } });
    const died = 'infra: The worker that was to do this failed: crash.';
    expect(reported).to.deep.equal([0, `1, ${died}`, 2, `3, ${died}`, tellOf(4, 'wrong'), tellOf(5, 'wrong')]);
    expect(fakes.asked).to.deep.equal([0, 1, 2, 4, 5]);
  });

  it('ends at once with all workers when one of them fails before its first run', async () => {
    await fc.assert(
      fc.asyncProperty(courses, fc.boolean(), async (course, crashes) => {
        let started = 0;
        const failed = crashes
          ? { kind: 'failed', blame: 'infra', message: 'The worker that was to do this failed: crash.' }
          : { kind: 'failed', blame: 'input', message: 'the job' };
        // The first one prepares well, and all others do not.
        const prepares = () => (started++ === 0 ? 'fine' : crashes ? 'crash' : 'wrong');
        const { outcome, reported, atTheEnd } = await sweep(course, { prepares });
        expect(reported).to.deep.equal(upTo(reported.length));
        expect(atTheEnd).to.deep.equal({ alive: 0, reported: reported.length, calledOff: true });
        // The first may have been done before another one was.
        expect(outcome).to.deep.equal(reported.length === course.runs ? { kind: 'done' } : failed);

        const { outcome: sooner, fakes } = await sweep(course, { prepares });
        expect([sooner, fakes.asked]).to.deep.equal([failed, []]);
      }),
    );
  });

  it('ends at once with all workers when it is aborted', async () => {
    await fc.assert(
      fc.asyncProperty(courses, fc.nat(30), async (course, abortAt) => {
        const { outcome, reported, atTheEnd, abortedInTime } = await sweep(course, { abortAt });
        expect(outcome.kind).to.equal(abortedInTime ? 'aborted' : 'done');
        expect(reported).to.deep.equal(upTo(reported.length));
        expect(atTheEnd).to.deep.equal({ alive: 0, reported: reported.length, calledOff: true });
      }),
    );
    const fakes = new FakeWorkers();
    const options = { start: fakes.start, quickjs, workers: 2, ...nobody, signal: AbortSignal.abort() };
    expect(await runSweep({ experiment: '', files: {}, techniques: named(3) }, options)).to.deep.equal({ kind: 'aborted' });
    expect(fakes.all).to.have.length(0);
  });

  it('gives up one worker of several that says nothing any more', async () => {
    const course = { runs: 9, workers: 3, growAt: 0, picks: [0, 1, 2] };
    const { outcome, fakes, reported } = await sweep(course, {
      fates: { 1: 'silent' },
      options: { silenceSeconds: 0.05 },
    });
    expect(outcome).to.deep.equal({ kind: 'done' });
    expect(reported[1]).to.include(tellOf(1, 'silent'));
    expect([...reported.slice(0, 1), ...reported.slice(2)]).to.deep.equal([0, 2, 3, 4, 5, 6, 7, 8]);
    expect(fakes.alive).to.have.length(0);
  });

  it('says so when a worker cannot be started', async () => {
    const start = () => {
      throw new Error('no thread is left');
    };
    const options = { start, quickjs, workers: 2, ...nobody };
    const message = 'The worker that was to do this could not be started: no thread is left';
    expect(await runSweep({ experiment: '', files: {}, techniques: named(3) }, options)).to.deep.equal({
      kind: 'failed',
      blame: 'infra',
      message,
    });
  });
});

/** A sweep with two workers from the start, who speak when they are told. */
function pair({ runs, fates = {} }: { runs: number; fates?: Record<number, Fate> }) {
  const fakes = new FakeWorkers((run) => fates[run] ?? 'fine');
  const order: string[] = [];
  const onReport = ({ label }: { label: string }) => order.push(label);
  const onFailure = (_: unknown, run: number) => order.push(`not run ${run}`);
  const options = { start: fakes.start, quickjs, workers: 2, onReport, onFailure, growth: atOnce };
  const ended = runSweep({ experiment: '', files: {}, techniques: named(runs) }, options);
  const rest = () => {
    while (fakes.step(0));
    return ended;
  };
  return { first: fakes.all[0]!, second: fakes.all[1]!, order, rest };
}

function atOnce(grow: () => void): () => void {
  grow();
  return () => {};
}
