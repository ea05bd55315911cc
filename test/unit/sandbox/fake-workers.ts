import type { FromWorker, ToWorker } from '../../../src/protocol/worker';
import type { Workerish } from '../../../src/sandbox/workerish';

/** What a fake worker makes of a run: a report, a failure, or its own end. */
export type Fate = 'fine' | 'wrong' | 'infra' | 'crash' | 'silent';

/** Workers that answer in whatever order a test wants. A run's report has the run's number for its seed. */
export class FakeWorkers {
  readonly all: FakeWorker[] = [];
  /** The runs that were asked for, in the order of asking. */
  readonly asked: number[] = [];
  /** As many as were ever alive at a time. */
  most = 0;

  constructor(
    private readonly fateOf: (run: number) => Fate = () => 'fine',
    private readonly prepares: () => Fate = () => 'fine',
  ) {}

  readonly start = (): Workerish => {
    const worker = new FakeWorker((run) => {
      this.asked.push(run);
      return this.fateOf(run);
    }, this.prepares);
    this.all.push(worker);
    this.most = Math.max(this.most, this.alive.length);
    return worker;
  };

  get alive(): FakeWorker[] {
    return this.all.filter((worker) => worker.isAlive);
  }

  /** Lets one of those that have something to say say the next thing; `pick` chooses. False if all are silent. */
  step(pick: number): boolean {
    const speakers = this.alive.filter((worker) => worker.hasWords);
    speakers[pick % speakers.length]?.speak(1);
    return speakers.length > 0;
  }
}

class FakeWorker implements Workerish {
  isAlive = true;
  readonly #words: (() => void)[] = [];
  #listener!: (message: FromWorker) => void;
  #onError!: (reason: string) => void;

  constructor(
    private readonly take: (run: number) => Fate,
    private readonly prepare: () => Fate,
  ) {}

  get hasWords(): boolean {
    return this.#words.length > 0;
  }

  /** Says so many of the things that it has to say. */
  speak(times: number): void {
    for (let i = 0; i < times; i++) this.#words.shift()!();
  }

  post(message: ToWorker): void {
    if (message.kind === 'job') return this.#meet(this.prepare(), 'the job');
    const { run } = message;
    const fate = this.take(run);
    const label = `run ${run}`;
    this.#say({ kind: 'begun', run, label });
    if (fate === 'fine') {
      const report = { seed: run } as Extract<FromWorker, { kind: 'report' }>['report'];
      this.#say({ kind: 'report', run, report, label, point: {} });
    }
    this.#meet(fate, label);
  }

  #meet(fate: Fate, label: string): void {
    if (fate === 'silent') return;
    if (fate === 'fine') this.#say({ kind: 'done' });
    else if (fate === 'crash') this.#words.push(() => this.#onError('crash'));
    else this.#say({ kind: 'failed', message: label, blame: fate === 'infra' ? 'infra' : 'input' });
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#listener = listener;
  }

  onError(listener: (reason: string) => void): void {
    this.#onError = listener;
  }

  terminate(): void {
    this.isAlive = false;
  }

  #say(message: FromWorker): void {
    this.#words.push(() => this.#listener(message));
  }
}
