import type { Page } from '../api';
import { UNIQUE, type Content } from '../guest/content';
import type { Pages } from '../pages/pages';
import type { Encoder, EncodingSpec } from './encoding';

/** The identifier of the content, and the page's address (Deshpande et al., HPDC 2011): 8 bytes each. */
const REFERENCE_BYTES = 16;

/** De-duplication: each content goes once, and after that its identifier. */
export class DuplicateEncoder implements Encoder {
  readonly kind = 'duplicate';
  readonly seconds: number;
  /** Each content that was sent, and with which page. */
  readonly #sent = new Map<number, Page>();

  constructor(
    { hashSeconds }: Extract<EncodingSpec, { kind: 'duplicate' }>,
    private readonly content: Content,
  ) {
    this.seconds = hashSeconds;
  }

  encode(page: Page): number {
    const content = this.content.classOf(page);
    if (content === UNIQUE) return -1;
    if (this.#sent.has(content)) return REFERENCE_BYTES;
    this.#sent.set(content, page);
    return -1;
  }

  discarded(pages: Pages): void {
    for (const [content, page] of this.#sent) if (pages.has(page)) this.#sent.delete(content);
  }
}
