import type { Guest } from '../engine';

/**
 * No step may take longer, in virtual seconds: more than a day. The engine's work and memory grow with a step's length,
 * and no budget counts that.
 */
const LONGEST_STEP_SECONDS = 100_000;
/**
 * Each turn of a guest that is throttled by turns is work for the engine: the longest step with the shortest turns takes
 * it some seconds, much less than a worker may be silent. Seconds (assumption: a scheduler's tick).
 */
const SHORTEST_TURN_SECONDS = 0.001;

/**
 * Numbers that the engine would take, and that a strategy may not give it. What is not even a number is let through:
 * the engine says what is wrong with it.
 */
export class Limits {
  /** At this many bytes per second the guest's memory goes over the link in the longest step. */
  readonly #slowest: number;

  constructor({ pageCount, pageSize }: Guest) {
    this.#slowest = (pageCount * pageSize) / LONGEST_STEP_SECONDS;
  }

  wait(seconds: number): number {
    return seconds > LONGEST_STEP_SECONDS && seconds < Infinity
      ? refuse(`wait(${seconds}): a strategy may wait at most ${LONGEST_STEP_SECONDS} s at a time.`)
      : seconds;
  }

  rate(bytesPerSecond: number): number {
    return bytesPerSecond > 0 && bytesPerSecond < this.#slowest
      ? refuse(
          `limitRate(${bytesPerSecond}): the guest's memory would take more than ${LONGEST_STEP_SECONDS} s; ` +
            `at least ${Math.ceil(this.#slowest)} bytes per second are needed.`,
        )
      : bytesPerSecond;
  }

  runSeconds(seconds: number): number {
    return seconds > 0 && seconds < SHORTEST_TURN_SECONDS
      ? refuse(`throttle(…, { runSeconds: ${seconds} }): the guest must run for at least ${SHORTEST_TURN_SECONDS} s.`)
      : seconds;
  }
}

function refuse(message: string): never {
  throw new RangeError(message);
}
