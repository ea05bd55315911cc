import type { Page, PageSet } from '../api';
import type { PushOrder } from './push-order';

/** Which pages to push next. */
export interface PushPolicy {
  /** How many of the newest faults are pivots, around which bubbles of pushed pages grow; 0: none, from page 0 on. */
  readonly pivots: number;
  /** Where bubbles grow. */
  readonly direction: 'both' | 'forward' | 'backward';
}

/** Pages whose numbers are looked at together. */
const PIECE_PAGES = 2 ** 20;

/** A pivot's side of a bubble: the next place to push, and in which direction it moves. */
interface Edge {
  readonly pivot: number;
  at: number;
  readonly by: 1 | -1;
}

/**
 * Chooses the pages of an active push by bubbling (Hines, Deshpande and Gopalan, "Post-copy live migration of virtual
 * machines", ACM SIGOPS Operating Systems Review 43(3), 2009, figure 2): around the page where the guest faulted last,
 * the pivot, a bubble of pushed pages grows; the next fault moves the pivot. It works on places of a list; without an
 * order, a page's place is its number.
 *
 * With one pivot, pages that have been sent already are passed over. With several, an edge that meets a page that was
 * sent stops, because another bubble has been there. In one direction all of them may stop: so the first, at place 0,
 * is sticky: it never stops, and passes over. In both directions they stop only when pivots have been given up for
 * newer ones; then a bubble starts at the nearest page to the newest pivot (the paper leaves this open).
 */
export class Bubbles {
  /** A bit for each place whose page is to be pushed. */
  readonly #left: Uint32Array;
  readonly #places: number;
  #count = 0;
  /** The newest pivot's place. */
  #pivot = 0;
  /** With one pivot: how far the bubble has come. */
  #above = 0;
  #below = -1;
  /** With several pivots: the edges that grow, the oldest pivot's first; and whose turn it is. */
  readonly #edges: Edge[] = [];
  #turn = 0;
  /** How many pivots there have been. */
  #pivots = 0;

  constructor(
    private readonly policy: PushPolicy,
    private readonly order: PushOrder | undefined,
    pageCount: number,
    missing: PageSet,
  ) {
    this.#places = pageCount;
    this.#left = new Uint32Array(Math.ceil(pageCount / 32));
    this.restock(missing);
    if (policy.direction === 'backward') this.#below = pageCount - 1;
    if (this.#several && policy.direction === 'both') this.#grow(0, -1);
  }

  get #several(): boolean {
    return this.policy.pivots > 1;
  }

  /** These pages are to be pushed, whatever was thought of before. */
  restock(missing: PageSet): void {
    this.#left.fill(0);
    // Piece by piece: the numbers of all pages of 1 TiB fit into no array.
    for (let from = 0; from < this.#places; from += PIECE_PAGES) {
      for (const page of missing.between(from, from + PIECE_PAGES).toArray()) {
        const place = this.#placeOf(page);
        this.#left[place >>> 5]! |= 1 << place;
      }
    }
    this.#count = missing.size;
    // Some of them may lie within the bubble.
    [this.#above, this.#below] = [this.#pivot, this.#pivot - 1];
  }

  /** The guest has asked for `page`, which the engine sends at once. */
  fault(page: Page): void {
    const place = this.#placeOf(page);
    this.#remove(place);
    if (this.policy.pivots === 0) return;
    this.#pivot = place;
    if (!this.#several) [this.#above, this.#below] = [place + 1, place - 1];
    if (this.#several) this.#grow(place + 1, place - 1);
  }

  /** The next page to push, which is then no longer to be pushed; −1 if none is left. */
  take(): Page {
    if (this.#count === 0) return -1;
    const place = this.#several ? this.#nextOfSeveral() : this.#nextOfOne();
    this.#remove(place);
    return this.order ? this.order.pageAt[place]! : place;
  }

  /** One bubble, or the sticky one of several: what has been sent is passed over. */
  #nextOfOne(): number {
    const { direction } = this.policy;
    if (direction === 'forward') {
      const next = this.#atOrAbove(this.#above);
      return (this.#above = next >= 0 ? next : this.#atOrAbove(0)); // around the end of memory
    }
    if (direction === 'backward') {
      const next = this.#atOrBelow(this.#below);
      return (this.#below = next >= 0 ? next : this.#atOrBelow(this.#places - 1));
    }
    const above = this.#atOrAbove(this.#above);
    const below = this.#atOrBelow(this.#below);
    if (above >= 0 && (below < 0 || above - this.#pivot <= this.#pivot - below)) return (this.#above = above);
    return (this.#below = below);
  }

  /** Each edge in turn goes on by one page, and the sticky one after the last. */
  #nextOfSeveral(): number {
    const edges = this.#edges;
    for (;;) {
      if (this.#turn >= edges.length) {
        this.#turn = 0;
        if (this.policy.direction !== 'both') return this.#nextOfOne();
        if (edges.length === 0) return this.#revive();
      }
      const edge = edges[this.#turn]!;
      const { at } = edge;
      if (at >= 0 && at < this.#places && this.#isLeft(at)) {
        edge.at += edge.by;
        this.#turn++;
        return at;
      }
      edges.splice(this.#turn, 1);
    }
  }

  /** A bubble grows from a new pivot; the oldest one's stops, if they are too many. */
  #grow(above: number, below: number): void {
    const edges = this.#edges;
    const { direction, pivots } = this.policy;
    const pivot = this.#pivots++;
    // One of the pivots is the sticky one, if there is one.
    const oldest = pivot - (direction === 'both' ? pivots : pivots - 1) + 1;
    while (edges.length > 0 && edges[0]!.pivot < oldest) edges.shift();
    if (direction !== 'backward') edges.push({ pivot, at: above, by: 1 });
    if (direction !== 'forward') edges.push({ pivot, at: below, by: -1 });
  }

  /** All bubbles have stopped: one starts at the page that is nearest to the newest pivot. */
  #revive(): number {
    const above = this.#atOrAbove(this.#pivot);
    const below = this.#atOrBelow(this.#pivot);
    const place = above >= 0 && (below < 0 || above - this.#pivot <= this.#pivot - below) ? above : below;
    this.#grow(place + 1, place - 1);
    return place;
  }

  #placeOf(page: Page): number {
    return this.order ? this.order.placeOf[page]! : page;
  }

  #isLeft(place: number): boolean {
    return ((this.#left[place >>> 5]! >>> place) & 1) === 1;
  }

  #remove(place: number): void {
    if (!this.#isLeft(place)) return;
    this.#left[place >>> 5]! &= ~(1 << place);
    this.#count--;
  }

  /** The lowest place ≥ `from` that is left, or −1. */
  #atOrAbove(from: number): number {
    if (from >= this.#places) return -1;
    let w = from >>> 5;
    for (let word = this.#left[w]! & (-1 << from); ; word = this.#left[w]!) {
      if (word !== 0) return (w << 5) + 31 - Math.clz32(word & -word);
      if (++w === this.#left.length) return -1;
    }
  }

  /** The highest place ≤ `from` that is left, or −1. */
  #atOrBelow(from: number): number {
    if (from < 0) return -1;
    let w = from >>> 5;
    for (let word = this.#left[w]! & (-1 >>> (31 - (from & 31))); ; word = this.#left[w]!) {
      if (word !== 0) return (w << 5) + 31 - Math.clz32(word);
      if (--w < 0) return -1;
    }
  }
}
