import type { Page } from '../api';
import type { Pages } from '../pages/pages';

/** How a page may be put into the stream, other than in full or as the mark of a zero page. */
export type EncodingSpec =
  /** Only what changed since it was sent last, if the cache still has it (QEMU's XBZRLE). */
  | { readonly kind: 'xbzrle'; readonly cachePages: number; readonly encodeSeconds: number }
  /** Compressed. */
  | { readonly kind: 'compressed'; readonly encodeSeconds: number }
  /** As the number of a page that has the same content and was sent before. */
  | { readonly kind: 'duplicate'; readonly hashSeconds: number };

export type EncodingKind = EncodingSpec['kind'];

/** Puts pages into the stream, one by one, in the order in which they are sent. */
export interface Encoder {
  readonly kind: EncodingKind;
  /** Bytes for this page as it is now, behind its header; 0 if it need not be sent at all; −1 if this encoder cannot. */
  encode(page: Page): number;
  /** CPU seconds that the last attempt took. */
  readonly seconds: number;
  /** Would it leave this page alone, and all above it that are sent in the same step? Absent: no. */
  passesBy?(firstPage: Page): boolean;
  /** It left pages alone, of which this is the highest. */
  passedBy?(lastPage: Page): void;
  /** A page of zeros was sent as a mark. */
  sentZero?(page: Page): void;
  /** The dirty bitmap was read: a round is over. */
  synced?(): void;
  /** The destination has dropped its copies of these pages: nothing may refer to them any more. */
  discarded?(pages: Pages): void;
}
