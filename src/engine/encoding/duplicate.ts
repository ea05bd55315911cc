import type { Page } from '../api';
import { UNIQUE, type Content } from '../guest/content';
import type { Pages } from '../pages/pages';
import type { Encoder, EncodingSpec } from './encoding';

/** The identifier of the content (Deshpande et al., HPDC 2011: the identifier and the page's address, 8 bytes each). */
const IDENTIFIER_BYTES = 8;

/** De-duplication: each content goes once, and after that its identifier. */
export class DuplicateEncoder implements Encoder {
  readonly kind = 'duplicate';
  readonly seconds: number;
  /** Each content that the destination has, and in which page it was sent; and the other way round. */
  readonly #pageOf = new Map<number, Page>();
  readonly #contentOf = new Map<Page, number>();

  constructor(
    { hashSeconds }: Extract<EncodingSpec, { kind: 'duplicate' }>,
    private readonly content: Content,
  ) {
    this.seconds = hashSeconds;
  }

  encode(page: Page): number {
    const content = this.content.classOf(page);
    // What the page held before is there no more, once this has arrived.
    if (this.#contentOf.get(page) !== content) this.#forget(page);
    if (content === UNIQUE) return -1;
    if (this.#pageOf.has(content)) return IDENTIFIER_BYTES;
    this.#pageOf.set(content, page);
    this.#contentOf.set(page, content);
    return -1;
  }

  sentZero(page: Page): void {
    this.#forget(page);
  }

  discarded(pages: Pages): void {
    for (const page of [...this.#contentOf.keys()]) if (pages.has(page)) this.#forget(page);
  }

  #forget(page: Page): void {
    const content = this.#contentOf.get(page);
    if (content === undefined) return;
    this.#contentOf.delete(page);
    this.#pageOf.delete(content);
  }
}
