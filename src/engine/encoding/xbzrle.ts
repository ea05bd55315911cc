import type { Page } from '../api';
import type { Content } from '../guest/content';
import { HEADER_BYTES } from '../network/wire';
import type { XbzrleReport } from '../report';
import { PAGE_SIZE } from '../scenario';
import type { Encoder, EncodingSpec } from './encoding';

/** A page in the cache is given up only after so many readings of the bitmap (CACHED_PAGE_LIFETIME, page_cache.c). */
const LIFETIME_SYNCS = 2;
/** A flag byte and two bytes of length stand before the encoded difference (migration/ram.c). */
const DELTA_HEADER_BYTES = HEADER_BYTES + 1 + 2;
const NOBODY = -1;

/**
 * XBZRLE: only what changed since the page was sent last, as long as a cache of sent pages still has the old version.
 *
 * The cache is mapped directly: page p has one place, p modulo the cache's size. In the first round nothing has been
 * sent before, so the cache stays unused, as in QEMU.
 */
export class XbzrleEncoder implements Encoder {
  readonly kind = 'xbzrle';
  seconds = 0;
  /** Pages that were not in the cache; pages whose difference was no smaller than the page; bytes of differences. */
  misses = 0;
  overflows = 0;
  deltaBytes = 0;
  readonly #cached: Int32Array;
  readonly #usedAt: Uint32Array;
  readonly #encodeSeconds: number;
  #syncs = 0;

  constructor(
    { cachePages, encodeSeconds }: Extract<EncodingSpec, { kind: 'xbzrle' }>,
    private readonly content: Content,
  ) {
    this.#cached = new Int32Array(cachePages).fill(NOBODY);
    this.#usedAt = new Uint32Array(cachePages);
    this.#encodeSeconds = encodeSeconds;
  }

  encode(page: Page): number {
    this.seconds = 0;
    if (this.#syncs === 0) return -1;
    if (!this.#remember(page)) {
      this.misses++;
      return -1;
    }
    this.seconds = this.#encodeSeconds;
    const bytes = this.content.deltaBytes(page);
    if (bytes > PAGE_SIZE) {
      this.overflows++;
      return -1;
    }
    this.deltaBytes += bytes;
    return bytes === 0 ? 0 : DELTA_HEADER_BYTES + bytes;
  }

  sentZero(page: Page): void {
    if (this.#syncs > 0) this.#remember(page);
  }

  report(): XbzrleReport {
    const { misses, overflows, deltaBytes } = this;
    return { cachePages: this.#cached.length, misses, overflows, deltaBytes };
  }

  synced(): void {
    this.#syncs++;
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
