import type { Guest, Page, PageSet } from '../api';

/**
 * The order in which a push goes through memory, other than by address: places on a list, and the pages at them.
 * Neighbours on the list take the part of neighbours in memory.
 */
export interface PushOrder {
  readonly pageAt: Int32Array;
  readonly placeOf: Int32Array;
}

/** What the optimisations of one run tell each other. The guest is the one value that all of them see. */
const orders = new WeakMap<Guest, PushOrder>();
const pushed = new WeakSet<Guest>();

/** Puts the pages of the first set first, then those of the second, and so on, then the others; each set by address. */
export function putInOrder(guest: Guest, tiers: readonly PageSet[]): void {
  const pageAt = new Int32Array(guest.pageCount);
  const placeOf = new Int32Array(guest.pageCount).fill(-1);
  let place = 0;
  const add = (page: Page) => {
    if (placeOf[page]! >= 0) return;
    placeOf[page] = place;
    pageAt[place++] = page;
  };
  for (const tier of tiers) tier.toArray().forEach(add);
  for (let page = 0; page < guest.pageCount; page++) add(page);
  orders.set(guest, { pageAt, placeOf });
}

/** The order in which this guest's pages are to be pushed; undefined: by address. */
export function orderOf(guest: Guest): PushOrder | undefined {
  return orders.get(guest);
}

/** Says that an optimisation decides which of this guest's pages is pushed next. */
export function takeOverPush(guest: Guest): void {
  pushed.add(guest);
}

/** Does an optimisation decide which of this guest's pages is pushed next? */
export function isPushTakenOver(guest: Guest): boolean {
  return pushed.has(guest);
}
