import type { Page } from '../api';
import type { Content } from '../guest/content';
import type { Pages } from '../pages/pages';
import type { XbzrleReport } from '../report';
import { PAGE_SIZE } from '../scenario';
import type { Encoder, EncodingSpec } from './encoding';

/** A page in the cache is given up only after so many readings of the bitmap (CACHED_PAGE_LIFETIME, page_cache.c). */
const LIFETIME_SYNCS = 2;
/** A flag byte and two bytes of length stand between the page's header and the encoded difference (migration/ram.c). */
const DELTA_PREFIX_BYTES = 1 + 2;
const NOBODY = -1;

/**
 * XBZRLE: only what changed since the page was sent last, as long as a cache of sent pages still has the old version
 * (migration/ram.c: save_xbzrle_page; migration/page_cache.c).
 *
 * The cache is mapped directly: page p has one place, p modulo the cache's size. In the first pass over memory nothing
 * has been sent before, so the cache stays unused, as in QEMU: the second pass fills it, and the third is the first to
 * gain from it.
 */
export class XbzrleEncoder implements Encoder {
  readonly kind = 'xbzrle';
  seconds = 0;
  /** Pages that were in the cache, unchanged and overflowing ones included, and the bytes that they took. */
  #hits = 0;
  #hitBytes = 0;
  #misses = 0;
  #overflows = 0;
  /** The page sent last. When one comes that is no higher, the first pass is over (find_dirty_block). */
  #last: Page = NOBODY;
  #started = false;
  readonly #cached: Int32Array;
  readonly #usedAt: Uint32Array;
  readonly #encodeSeconds: number;
  #syncs = 0;

  constructor(
    { cachePages, encodeSeconds }: Extract<EncodingSpec, { kind: 'xbzrle' }>,
    private readonly content: Content,
  ) {
    if (cachePages < 1 || (cachePages & (cachePages - 1)) !== 0) {
      throw new RangeError(`The cache of XBZRLE holds a power of two of pages, not ${cachePages}.`);
    }
    this.#cached = new Int32Array(cachePages).fill(NOBODY);
    this.#usedAt = new Uint32Array(cachePages);
    this.#encodeSeconds = encodeSeconds;
  }

  encode(page: Page): number {
    this.seconds = 0;
    if (!this.#passed(page)) return -1;
    if (!this.#remember(page)) {
      this.#misses++;
      return -1;
    }
    // Whatever comes of it, the page was compared.
    this.seconds = this.#encodeSeconds;
    this.#hits++;
    const bytes = this.content.deltaBytes(page);
    if (bytes > PAGE_SIZE) {
      this.#overflows++;
      this.#hitBytes += PAGE_SIZE;
      return -1;
    }
    if (bytes === 0) return 0;
    this.#hitBytes += DELTA_PREFIX_BYTES + bytes;
    return DELTA_PREFIX_BYTES + bytes;
  }

  /** In the first pass nothing has been sent before. */
  passesBy(firstPage: Page): boolean {
    return !this.#started && firstPage > this.#last;
  }

  passedBy(lastPage: Page): void {
    this.#last = lastPage;
  }

  /** The cache must not keep what the page held before; a small write into it is then sent as a difference to zeros. */
  sentZero(page: Page): void {
    if (this.#passed(page)) this.#remember(page);
  }

  discarded(pages: Pages): void {
    this.#cached.forEach((page, slot) => {
      if (page !== NOBODY && pages.has(page)) this.#cached[slot] = NOBODY;
    });
  }

  report(): XbzrleReport {
    return {
      cachePages: this.#cached.length,
      pages: this.#hits,
      bytes: this.#hitBytes,
      misses: this.#misses,
      overflows: this.#overflows,
    };
  }

  synced(): void {
    this.#syncs++;
  }

  /** Is the first pass over memory over, now that this page is sent? */
  #passed(page: Page): boolean {
    this.#started ||= page <= this.#last;
    this.#last = page;
    return this.#started;
  }

  /** Was the page in the cache? If it was not, it is now, unless a younger page has its place. */
  #remember(page: Page): boolean {
    const slot = page & (this.#cached.length - 1);
    const hit = this.#cached[slot] === page;
    if (hit || this.#cached[slot] === NOBODY || this.#usedAt[slot]! + LIFETIME_SYNCS <= this.#syncs) {
      this.#cached[slot] = page;
      this.#usedAt[slot] = this.#syncs;
    }
    return hit;
  }
}
