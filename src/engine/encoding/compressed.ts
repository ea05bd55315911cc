import type { Page } from '../api';
import type { Content } from '../guest/content';
import { PAGE_SIZE } from '../scenario';
import type { Encoder, EncodingSpec } from './encoding';

/** A length stands before the compressed page. */
const LENGTH_BYTES = 4;

/** Every page compressed by itself; one that would not get smaller goes in full, and has cost the CPU all the same. */
export class CompressedEncoder implements Encoder {
  readonly kind = 'compressed';
  readonly seconds: number;

  constructor(
    { encodeSeconds }: Extract<EncodingSpec, { kind: 'compressed' }>,
    private readonly content: Content,
  ) {
    this.seconds = encodeSeconds;
  }

  encode(page: Page): number {
    const bytes = LENGTH_BYTES + this.content.compressedBytes(page);
    return bytes < PAGE_SIZE ? bytes : -1;
  }
}
