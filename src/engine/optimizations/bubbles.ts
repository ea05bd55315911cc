import type { Page, PageSet } from '../api';
import type { PushOrder } from './push-order';

/** Which pages to push next. */
export interface PushPolicy {
  /** How many of the newest faults are pivots, around which bubbles of pushed pages grow; 0: none, from page 0 on. */
  readonly pivots: number;
  /** Where bubbles grow. */
  readonly direction: 'both' | 'forward' | 'backward';
}

/** One side of a bubble: the next place to push, and in which direction it moves. */
interface Edge {
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
  #count: number;
  /** The newest pivot's place. */
  #pivot = 0;
  /** With one pivot: how far the bubble has come. */
  #above = 0;
  #below = -1;
  /** With several pivots: the edges that grow, the oldest pivot's first; and whose turn it is. */
  #edges: Edge[][] = [];
  #turn = 0;
  #sticky = 0;

  constructor(
    private readonly policy: PushPolicy,
    private readonly order: PushOrder | undefined,
    pageCount: number,
    missing: PageSet,
  ) {
    this.#places = pageCount;
    this.#left = new Uint32Array(Math.ceil(pageCount / 32));
    this.#count = 0;
    this.restock(missing);
    if (policy.direction === 'backward') this.#below = pageCount - 1;
    if (this.#several && policy.direction === 'both') this.#edges.push([{ at: 0, by: 1 }]);
  }

  get #several(): boolean {
    return this.policy.pivots > 1;
  }

  /** These pages are to be pushed, whatever was thought of before. */
  restock(missing: PageSet): void {
    this.#left.fill(0);
    for (const page of missing.toArray()) {
      const place = this.#placeOf(page);
      this.#left[place >>> 5]! |= 1 << place;
    }
    this.#count = missing.size;
  }

  /** The guest has asked for `page`, which the engine sends at once. */
  fault(page: Page): void {
    const place = this.#placeOf(page);
    this.#remove(place);
    if (this.policy.pivots === 0) return;
    this.#pivot = place;
    this.#above = place + 1;
    this.#below = place - 1;
    if (!this.#several) return;
    const forward: Edge = { at: place + 1, by: 1 };
    const backward: Edge = { at: place - 1, by: -1 };
    const { direction, pivots } = this.policy;
    this.#edges.push(direction === 'both' ? [forward, backward] : [direction === 'forward' ? forward : backward]);
    // One of them is the sticky one, if there is one.
    if (this.#edges.length > (direction === 'both' ? pivots : pivots - 1)) this.#edges.shift();
  }

  /** The next page to push, which is then no longer to be pushed; −1 if none is left. */
  take(): Page {
    if (this.#count === 0) return -1;
    const place = this.#several ? this.#nextOfSeveral() : this.#nextOfOne();
    this.#remove(place);
    return this.order ? this.order.pageAt[place]! : place;
  }

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

  /** Each bubble in turn grows by one page on each side. */
  #nextOfSeveral(): number {
    const edges = this.#edges.flat();
    const hasSticky = this.policy.direction !== 'both';
    for (let tries = 0; tries <= edges.length; tries++) {
      const turn = this.#turn++ % (edges.length + (hasSticky ? 1 : 0) || 1);
      const edge = edges[turn];
      if (!edge) {
        if (hasSticky) return this.#stickyPlace();
        break;
      }
      const { at } = edge;
      if (at >= 0 && at < this.#places && this.#isLeft(at)) {
        edge.at += edge.by;
        return at;
      }
      this.#edges = this.#edges.map((pair) => pair.filter((other) => other !== edge)).filter(({ length }) => length > 0);
      return this.#nextOfSeveral();
    }
    const above = this.#atOrAbove(this.#pivot);
    const below = this.#atOrBelow(this.#pivot);
    const place = above >= 0 && (below < 0 || above - this.#pivot <= this.#pivot - below) ? above : below;
    this.#edges.push([{ at: place + 1, by: 1 }, { at: place - 1, by: -1 }]);
    return place;
  }

  #stickyPlace(): number {
    if (this.policy.direction === 'forward') {
      const next = this.#atOrAbove(this.#sticky);
      return (this.#sticky = next >= 0 ? next : this.#atOrAbove(0));
    }
    const next = this.#atOrBelow(this.#sticky);
    return (this.#sticky = next >= 0 ? next : this.#atOrBelow(this.#places - 1));
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
