import type { Page } from '../api';

/**
 * Pages on their way to the destination, in the order of their arrival: a ring that grows to the most that was ever
 * under way.
 */
export class ArrivalQueue {
  #pages = new Int32Array(16);
  #times = new Float64Array(16);
  #head = 0;
  #length = 0;

  /** When the next page arrives; Infinity if none is under way. */
  get nextAt(): number {
    return this.#length > 0 ? this.#times[this.#head]! : Infinity;
  }

  push(page: Page, at: number): void {
    if (this.#length === this.#pages.length) this.#grow();
    const tail = (this.#head + this.#length++) & (this.#pages.length - 1);
    this.#pages[tail] = page;
    this.#times[tail] = at;
  }

  shift(): Page {
    const page = this.#pages[this.#head]!;
    this.#head = (this.#head + 1) & (this.#pages.length - 1);
    this.#length--;
    return page;
  }

  /** Empties the queue: the pages that were in it. */
  takeAll(): Page[] {
    const pages: Page[] = [];
    while (this.#length > 0) pages.push(this.shift());
    return pages;
  }

  /** When `page` arrives; Infinity if it is not under way. */
  arrivalOf(page: Page): number {
    for (let i = 0; i < this.#length; i++) {
      const slot = (this.#head + i) & (this.#pages.length - 1);
      if (this.#pages[slot] === page) return this.#times[slot]!;
    }
    return Infinity;
  }

  #grow(): void {
    const length = this.#pages.length;
    const pages = new Int32Array(2 * length);
    const times = new Float64Array(2 * length);
    for (let i = 0; i < length; i++) {
      const slot = (this.#head + i) & (length - 1);
      pages[i] = this.#pages[slot]!;
      times[i] = this.#times[slot]!;
    }
    this.#pages = pages;
    this.#times = times;
    this.#head = 0;
  }
}
