/**
 * The bookkeeping of a sweep: which run is to be done next, and which results may be handed on. Runs are numbered from 0
 * in the document's order. They are taken in this order, finish in any, and their results come out in this order again,
 * so that nothing depends on who was how fast. The same holds for a failure: it ends the sweep behind the runs before it.
 */
export class Schedule<Result, Failure> {
  /** The first run that nobody has taken. */
  #next = 0;
  /** The first run whose result has not come out. */
  #due = 0;
  #finished = 0;
  /** Results whose turn has not come. */
  readonly #early = new Map<number, Result>();
  #failed: { run: number; failure: Failure } | undefined;

  constructor(readonly total: number) {}

  /** How many runs have finished, in whatever order. */
  get finished(): number {
    return this.#finished;
  }

  /** How many runs are still to be taken. */
  get left(): number {
    return Math.max(0, this.#end - this.#next);
  }

  /** All that can come out has come out. */
  get isOver(): boolean {
    return this.#due >= this.#end;
  }

  /** Why the sweep ends early, if it does: the failure that is first in the document's order. */
  get failure(): Failure | undefined {
    return this.#failed?.failure;
  }

  /** Takes the next run, if there is one. */
  take(): number | undefined {
    return this.left > 0 ? this.#next++ : undefined;
  }

  /** Whether anybody still wants this run's result. */
  wants(run: number): boolean {
    return run < this.#end;
  }

  /** Results whose turn it is, now that this run has finished; they are not kept. */
  finish(run: number, result: Result): Result[] {
    this.#finished++;
    this.#early.set(run, result);
    const due: Result[] = [];
    for (; this.#due < this.#end && this.#early.has(this.#due); this.#due++) {
      due.push(this.#early.get(this.#due)!);
      this.#early.delete(this.#due);
    }
    return due;
  }

  /** This run and those behind it will never come out. */
  fail(run: number, failure: Failure): void {
    if (this.wants(run)) this.#failed = { run, failure };
  }

  /** The run before which the sweep ends. */
  get #end(): number {
    return this.#failed?.run ?? this.total;
  }
}
