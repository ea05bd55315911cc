/**
 * The bookkeeping of a sweep: which run is to be done next, and which results may be handed on. Runs are numbered from 0
 * in the document's order. They are taken in this order, finish in any, and their results come out in this order again,
 * so that nothing depends on who was how fast.
 */
export class Schedule<Result> {
  /** The first run that nobody has taken. */
  #next = 0;
  /** The first run whose result has not come out. */
  #due = 0;
  #finished = 0;
  /** Results whose turn has not come. */
  readonly #early = new Map<number, Result>();

  constructor(readonly total: number) {}

  /** How many runs have finished, in whatever order. */
  get finished(): number {
    return this.#finished;
  }

  /** How many runs are still to be taken. */
  get left(): number {
    return this.total - this.#next;
  }

  /** All results have come out. */
  get isOver(): boolean {
    return this.#due >= this.total;
  }

  /** Takes the next run, if there is one. */
  take(): number | undefined {
    return this.left > 0 ? this.#next++ : undefined;
  }

  /** Results whose turn it is, now that this run has finished; they are not kept. */
  finish(run: number, result: Result): Result[] {
    this.#finished++;
    this.#early.set(run, result);
    const due: Result[] = [];
    for (; this.#early.has(this.#due); this.#due++) {
      due.push(this.#early.get(this.#due)!);
      this.#early.delete(this.#due);
    }
    return due;
  }
}
