import type { Page } from '../api';
import type { Content } from '../guest/content';
import type { Pages } from '../pages/pages';
import { CompressedEncoder } from './compressed';
import { DuplicateEncoder } from './duplicate';
import type { Encoder, EncodingKind, EncodingSpec } from './encoding';
import { XbzrleEncoder } from './xbzrle';

/** The encodings of a run, tried in order on each page. */
export class Encoders {
  /** How many pages each has taken. */
  readonly taken: Partial<Record<EncodingKind, number>> = {};
  /** CPU seconds that the last page took. */
  cpuSeconds = 0;
  /** The delta encoder, if there is one. */
  readonly xbzrle: XbzrleEncoder | undefined;
  #all: Encoder[];
  readonly #content: Content;
  #channels: number;

  constructor(
    specs: readonly EncodingSpec[],
    content: Content,
    channels: number,
    /** Bytes that stand before each page that is sent. */
    private headerBytes: number,
  ) {
    this.#content = content;
    this.#channels = channels;
    this.#all = specs.map((spec) => {
      switch (spec.kind) {
        case 'xbzrle':
          return new XbzrleEncoder(spec, content);
        case 'compressed':
          return new CompressedEncoder(spec, content);
        case 'duplicate':
          return new DuplicateEncoder(spec, content);
      }
    });
    this.xbzrle = this.#all.find((encoder) => encoder instanceof XbzrleEncoder);
  }

  /** Bytes of the page on the wire, header included; −1 if it has to go in full. The page is thereby sent. */
  encode(page: Page): number {
    this.cpuSeconds = 0;
    let bytes = -1;
    for (const encoder of this.#all) {
      bytes = encoder.encode(page);
      this.cpuSeconds += encoder.seconds / this.#channels;
      if (bytes < 0) continue;
      this.taken[encoder.kind] = (this.taken[encoder.kind] ?? 0) + 1;
      if (bytes > 0) bytes += this.headerBytes;
      break;
    }
    this.#content.sent(page >>> 5, 1 << page);
    return bytes;
  }

  /** Will no encoder so much as look at this page, nor at what is sent after it in the same ascending order? */
  passesBy(firstPage: Page): boolean {
    return this.#all.every((encoder) => encoder.passesBy?.(firstPage) ?? false);
  }

  /** These pages of word `word`, for which `passesBy` was true, are sent as they are. */
  passBy(word: number, bits: number): void {
    for (const encoder of this.#all) encoder.passedBy?.(word * 32 + 31 - Math.clz32(bits));
    this.#content.sent(word, bits);
  }

  /** A page of zeros was sent as a mark. */
  sentZero(page: Page): void {
    for (const encoder of this.#all) encoder.sentZero?.(page);
    this.#content.sent(page >>> 5, 1 << page);
  }

  /** The destination has dropped its copies of these pages. */
  discarded(pages: Pages): void {
    for (const encoder of this.#all) encoder.discarded?.(pages);
  }

  /** The guest was handed over: an older version of a page is of no use any more, and there is one connection. */
  resumed(headerBytes: number): void {
    this.#channels = 1;
    this.headerBytes = headerBytes;
    this.#all = this.#all.filter(({ kind }) => kind !== 'xbzrle');
  }

  /** The dirty bitmap was read. */
  synced(): void {
    for (const encoder of this.#all) encoder.synced?.();
  }
}
