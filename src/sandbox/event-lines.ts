import type { EventLog, RunEvent } from '../engine';

/** More than anybody reads, and about as much as a worker should hold. */
const MOST_EVENTS = 1_000_000;

/** Keeps what a run tells as lines of JSON. */
export class EventLines {
  #lines: string[] = [];
  #tooMany = false;

  /** The sandbox may make a run twice, the second time to see more: what counts is the last one. */
  readonly log: EventLog = (event: RunEvent) => {
    if (event.event === 'started') [this.#lines, this.#tooMany] = [[], false];
    if (this.#lines.length < MOST_EVENTS) this.#lines.push(JSON.stringify(event));
    else this.#tooMany = true;
  };

  /** The lines in pieces that a message can carry. */
  *pieces(size = 10_000): Generator<string[]> {
    for (let i = 0; i < this.#lines.length; i += size) yield this.#lines.slice(i, i + size);
  }

  /** Why there is no log, in a sentence; undefined if there is one. */
  get refusal(): string | undefined {
    return this.#tooMany
      ? `The run has more than ${MOST_EVENTS} events: give it a smaller guest, one that writes less, or a faster link.`
      : undefined;
  }
}
