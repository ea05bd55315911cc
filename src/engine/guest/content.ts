import type { Page } from '../api';
import type { Touches } from './touches';

/** The content that no other page has. */
export const UNIQUE = 0;

/**
 * What pages hold, as far as an encoding can tell: how well they compress, how much of them changed since they were
 * sent last, and which other pages hold the same.
 */
export interface Content {
  /** `page` is written: touch number `touch` of the batch of `writes`. */
  written(page: Page, writes: Touches, touch: number): void;
  /** `page` is filled with something else, all of it, by a device. */
  filled(page: Page): void;
  /** The pages `bits` of bitmap word `word` are sent: deltas count from here. */
  sent(word: number, bits: number): void;
  /** Size of the page after compression, bytes. */
  compressedBytes(page: Page): number;
  /**
   * Size of the difference between the page and what was sent of it last, in XBZRLE's encoding, bytes; 0 if there is
   * none. More than a page's size: it does not pay.
   */
  deltaBytes(page: Page): number;
  /** Equal numbers, equal content; `UNIQUE` if no other page holds it. */
  classOf(page: Page): number;
}
