/**
 * Seeded random 32-bit integers: sfc32 (Doty-Humphrey's PractRand "small fast counting" generator), started from a
 * hash of the seed and a stream number, so that each use of chance has a stream of its own. Only integer operations:
 * the same numbers on every machine.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    this.#c = 0x9e3779b9;
    // Twelve rounds mix the seed into the whole state (the author's own seeding).
    for (let i = 0; i < 12; i++) this.next();
  }

  /** An integer from 0 to 2³² − 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit);
  }

  /**
   * An integer for each element from `from` to `to` − 1: a share of them below `low`, the others from `low` to
   * `low + high` − 1, and among each of the two evenly.
   */
  fillTwo(share: number, low: number, high: number, into: Int32Array, from: number, to: number): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let counter = this.#counter;
    const scale = low / share / 0x1_0000_0000;
    const highScale = high / 0x1_0000_0000;
    for (let i = from; i < to; i++) {
      let sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      let value = (sum >>> 0) * scale;
      if (value >= low) {
        // Not among the low ones; for where among the others, a number of its own: what is left of this one is coarse.
        sum = (a + b + counter) | 0;
        counter = (counter + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (((c << 21) | (c >>> 11)) + sum) | 0;
        value = low + Math.floor((sum >>> 0) * highScale);
      }
      into[i] = value;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }

  /** What `below(limit)` gives, called for each element from `from` to `to` − 1; the state stays in registers meanwhile. */
  fillBelow(limit: number, into: Int32Array, from: number, to: number): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let counter = this.#counter;
    const scale = limit / 0x1_0000_0000; // a power of two: the product is rounded once, as in below()
    for (let i = from; i < to; i++) {
      const sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      into[i] = (sum >>> 0) * scale; // a typed array of integers cuts the fraction off
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }
}
