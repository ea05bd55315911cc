import type { Page } from '../api';
import { PAGE_SIZE, type ContentSpec, type GuestSpec } from '../scenario';
import { deltaBytes } from '../trace/trace';
import { positionInInterval } from './stretch';
import type { Touches } from './touches';

/** A cache line, the least that a write moves (assumption; real deltas are bimodal, see recorded traces). */
const BYTES_PER_WRITE = 64;
/** Each content that occurs more than once occurs so often (assumption). */
const COPIES = 4;
/** XBZRLE spends two lengths on each stretch of changed bytes, of one or two bytes each. */
const RUN_OVERHEAD_BYTES = 3;

/** The content that no other page has. */
export const UNIQUE = 0;

/**
 * What pages hold, as far as an encoding can tell: how well they compress, how much of them changed since they were
 * sent last, and which other pages hold the same. From a seeded model, or from a trace of a real guest.
 */
export class Content {
  readonly #spec: Required<ContentSpec>;
  readonly #seed: number;
  /** Writes since the page was sent last; 255 means 255 or more. Without a trace. */
  readonly #writes: Uint8Array;
  /** Written at all, so that it is no copy of another page any more. */
  readonly #changed: Uint8Array;
  /** With a trace: size after compression in units of 64 bytes, class of content, size class of the delta, each page's. */
  readonly #traced: { compressed: Uint8Array; classes: Uint32Array; delta: Uint8Array } | undefined;
  readonly #guest: GuestSpec;

  constructor(guest: GuestSpec, seed: number) {
    this.#guest = guest;
    this.#seed = seed;
    this.#spec = {
      compressedFraction: guest.content?.compressedFraction ?? 1,
      bytesPerWrite: guest.content?.bytesPerWrite ?? BYTES_PER_WRITE,
      duplicateFraction: guest.content?.duplicateFraction ?? 0,
    };
    const { trace, pages } = guest;
    this.#writes = new Uint8Array(trace ? 0 : pages);
    this.#changed = new Uint8Array(trace ? 0 : Math.ceil(pages / 8));
    if (trace) {
      this.#traced = {
        compressed: grown(new Uint8Array(pages), trace.start.compressedUnits),
        classes: grown(new Uint32Array(pages).fill(1), trace.start.classes),
        delta: new Uint8Array(pages),
      };
    }
  }

  /** `page` is written: the next touch of `writes`. */
  written(page: Page, writes: Touches): void {
    const traced = this.#traced;
    if (traced) {
      const interval = this.#guest.trace!.intervals[writes.interval!]!;
      const position = positionInInterval(writes.base + writes.next, interval.pages.length);
      traced.compressed[page] = interval.compressedUnits[position]!;
      traced.classes[page] = interval.classes[position]!;
      // Against an older copy the largest of the steps comes within 3 % of the truth (measured; docs/trace-format.md).
      traced.delta[page] = Math.max(traced.delta[page]!, interval.deltaClasses[position]!);
      return;
    }
    if (this.#writes[page]! < 255) this.#writes[page]!++;
    this.#changed[page >>> 3]! |= 1 << (page & 7);
  }

  /** `page` is sent: deltas count from here. */
  sent(page: Page): void {
    if (this.#traced) this.#traced.delta[page] = 0;
    else this.#writes[page] = 0;
  }

  /** Size of the page after compression, bytes. */
  compressedBytes(page: Page): number {
    if (this.#traced) return Math.min(PAGE_SIZE, this.#traced.compressed[page]! * 64);
    // Evenly between half and one and a half times the mean: pages differ.
    const spread = 0.5 + mix(this.#seed ^ page) / 0x1_0000_0000;
    return Math.min(PAGE_SIZE, Math.max(1, Math.round(PAGE_SIZE * this.#spec.compressedFraction * spread)));
  }

  /**
   * Size of the difference between the page and what was sent of it last, in XBZRLE's encoding, bytes; 0 if there is
   * none. More than a page's size: it does not pay.
   */
  deltaBytes(page: Page): number {
    if (this.#traced) return deltaBytes(this.#traced.delta[page]!);
    const writes = this.#writes[page]!;
    // Each write changes a stretch at a place of its own; some fall on bytes that have changed already.
    const untouched = (1 - Math.min(1, this.#spec.bytesPerWrite / PAGE_SIZE)) ** writes;
    return Math.round(PAGE_SIZE * (1 - untouched)) + RUN_OVERHEAD_BYTES * writes;
  }

  /** Equal numbers, equal content; `UNIQUE` if no other page holds it. */
  classOf(page: Page): number {
    if (this.#traced) return this.#traced.classes[page]! > 1 ? this.#traced.classes[page]! : UNIQUE;
    const { duplicateFraction } = this.#spec;
    if (duplicateFraction === 0 || (this.#changed[page >>> 3]! >>> (page & 7)) & 1) return UNIQUE;
    if (mix(this.#seed + 1 + page) >= duplicateFraction * 0x1_0000_0000) return UNIQUE;
    const contents = Math.max(1, Math.floor((this.#guest.pages * duplicateFraction) / COPIES));
    return 1 + (mix(this.#seed + 2 + page) % contents);
  }
}

/** A 32-bit hash of a number (the finaliser of MurmurHash3 by Appleby). */
function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** `into` with the values of `from` at its beginning. */
function grown<T extends Uint8Array | Uint32Array>(into: T, from: T): T {
  into.set(from.subarray(0, into.length));
  return into;
}
