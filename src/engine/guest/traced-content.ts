import type { Page } from '../api';
import { lowestBit } from '../pages/bits';
import { PAGE_SIZE } from '../scenario';
import { OVERFLOW_CLASS } from '../trace/delta-class';
import { deltaBytes, type Trace } from '../trace/trace';
import { UNIQUE, type Content } from './content';
import { positionInInterval } from './stretch';
import type { Touches } from './touches';

/** What the pages of a recorded guest hold, interval by interval. */
export class TracedContent implements Content {
  /** Each page's size after compression in units of 64 bytes, class of content, and size class of the delta. */
  readonly #compressed: Uint8Array;
  readonly #classes: Uint32Array;
  readonly #delta: Uint8Array;

  constructor(
    private readonly trace: Trace,
    pages: number,
  ) {
    this.#compressed = grown(new Uint8Array(pages), trace.start.compressedUnits);
    this.#classes = grown(new Uint32Array(pages).fill(1), trace.start.classes);
    this.#delta = new Uint8Array(pages);
  }

  written(page: Page, writes: Touches, touch: number): void {
    const interval = this.trace.intervals[writes.interval!]!;
    const position = positionInInterval(writes.base + touch, interval.pages.length);
    this.#compressed[page] = interval.compressedUnits[position]!;
    this.#classes[page] = interval.classes[position]!;
    // Against an older copy the largest of the steps comes within 3 % of the truth (measured; docs/trace-format.md).
    this.#delta[page] = Math.max(this.#delta[page]!, interval.deltaClasses[position]!);
  }

  filled(page: Page): void {
    this.#classes[page] = 1;
    this.#delta[page] = OVERFLOW_CLASS;
  }

  sent(word: number, bits: number): void {
    for (let rest = bits; rest !== 0; rest &= rest - 1) this.#delta[word * 32 + lowestBit(rest)] = 0;
  }

  compressedBytes(page: Page): number {
    return Math.min(PAGE_SIZE, this.#compressed[page]! * 64);
  }

  deltaBytes(page: Page): number {
    const size = this.#delta[page]!;
    return size === OVERFLOW_CLASS ? PAGE_SIZE + 1 : deltaBytes(size);
  }

  classOf(page: Page): number {
    // Class 1 is content that occurs once, and 0 are zeros, which have a mark of their own.
    return this.#classes[page]! > 1 ? this.#classes[page]! : UNIQUE;
  }
}

/** `into` with the values of `from` at its beginning. */
function grown<T extends Uint8Array | Uint32Array>(into: T, from: T): T {
  into.set(from.subarray(0, into.length));
  return into;
}
