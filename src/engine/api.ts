/**
 * The strategy API: everything a migration strategy may see and do.
 *
 * The five textbook techniques, the reference solutions and learners' own files are all written against this file
 * alone. It is shipped to learners verbatim as `types/live-migration-lab.d.ts`, so it holds types only and imports
 * nothing.
 *
 * Units: time in seconds, sizes in bytes, memory in pages of `Guest.pageSize` bytes.
 */

/** A page's number: 0 is the guest's first page. */
export type Page = number;

/**
 * A set of pages: a bitmap with set algebra. Sets are values: every operation returns a new set, none changes an old
 * one.
 */
export interface PageSet {
  /** How many pages the set holds. */
  readonly size: number;
  /** Is `page` in the set? Nothing but a page of the guest ever is. */
  has(page: Page): boolean;
  /** The pages that are in this set, or in `other`, or in both. */
  union(other: PageSet): PageSet;
  /** The pages that are in this set and in `other`. */
  intersect(other: PageSet): PageSet;
  /** The pages that are in this set but not in `other`. */
  minus(other: PageSet): PageSet;
  /** The `count` lowest pages of the set (all of them if it holds fewer). Refuses a `count` below 0. */
  first(count: number): PageSet;
  /**
   * The `count` pages of the set that are nearest to `pivot`, on either side; at equal distance the higher page. The
   * pivot need not be in the set, nor in memory, but must be a finite number; a fraction is rounded down.
   */
  nearest(pivot: Page, count: number): PageSet;
  /** The pages of the set from `from` to `to` − 1. Either may lie outside memory. */
  between(from: Page, to: Page): PageSet;
  /** The pages in ascending order. Handy for small sets; prefer set algebra for large ones. */
  toArray(): Page[];
}

/** The virtual machine that is being moved. */
export interface Guest {
  /** Memory size in pages. */
  readonly pageCount: number;
  /** Bytes in a page: 4096. */
  readonly pageSize: number;
  /** Bytes of vCPU and device state, moved by `sendState()`. */
  readonly stateBytes: number;
  /** All of the guest's pages. */
  allPages(): PageSet;
  /** The set of exactly these pages. */
  pages(pages: Iterable<Page>): PageSet;
}

/** The network between source and destination. */
export interface Link {
  /** Bytes per second left for this migration. */
  readonly bytesPerSecond: number;
  /** Seconds that a bit takes from source to destination, one way. */
  readonly latency: number;
}

/**
 * Something that takes virtual time. A strategy hands it to the engine with `yield`; only then does it happen.
 */
export interface Step {
  /** What kind of step it is. */
  readonly kind: 'send' | 'sendState' | 'mirrorStorage' | 'wait';
}

/** Bounds for one `send()`: whichever is met first ends it, at the next page. */
export interface SendOptions {
  /** Start no page after so many seconds. */
  readonly seconds?: number;
  /** Start no page once so many bytes are on their way. */
  readonly bytes?: number;
  /**
   * Leave out a page that is dirty again when its turn comes: it would have to be sent once more anyway. It stays in
   * the dirty bitmap.
   */
  readonly skipDirty?: boolean;
}

/** Whom `throttle()` slows down, and how. */
export interface ThrottleOptions {
  /** Only the vCPUs that write; the others go on undisturbed. */
  readonly writers?: boolean;
  /** Not evenly: let the guest run for so many seconds, then sleep until the fraction is right, and so on. */
  readonly runSeconds?: number;
}

/**
 * A migration in progress, seen from the source's migration thread.
 *
 * Virtual time passes only at a `yield`: between two yields the guest does nothing, however long your code computes.
 * (Where tracking has a cost, the time that `syncDirty()` takes passes just before the next step or the pause.)
 */
export interface Migration {
  /** The virtual machine that is being moved. */
  readonly guest: Guest;
  /** The network between source and destination. */
  readonly link: Link;
  /** Seconds since the migration was started. */
  readonly now: number;
  /** The longest downtime, in seconds, that the operator accepts. */
  readonly downtimeLimit: number;
  /** How many live rounds the operator accepts. */
  readonly maxRounds: number;
  /** What the operator lets the migration take of the link, in bytes per second; Infinity: all of it. */
  readonly maxBandwidth: number;
  /** Pages that have been put on the link so far, however encoded, repeated ones included. */
  readonly pagesSent: number;
  /** Bytes that they took. */
  readonly bytesSent: number;

  /**
   * Send these pages, lowest first. `yield` it; the step ends when the last byte has left the source.
   * A page's content is captured when its own transmission starts, so a write after that makes the copy stale.
   * Bounds end the step early: `unsent()` has what is left.
   */
  send(pages: PageSet, options?: SendOptions): Step;
  /** Send the vCPUs' and devices' state. `yield` it. The guest must be paused. */
  sendState(): Step;
  /**
   * Copy the guest's disk, and from then on send what the guest writes to both disks. `yield` it; the step ends when
   * both are equal. Takes no time if the disk is shared.
   */
  mirrorStorage(): Step;
  /** Let virtual time pass. `yield` it. */
  wait(seconds: number): Step;

  /** The pages of the last `send()` that did not start, because of its bounds. */
  unsent(): PageSet;
  /** Send pages no faster than this, in bytes per second; Infinity: as fast as the link. State and disks are not held back. */
  limitRate(bytesPerSecond: number): void;

  /** Read the dirty bitmap and clear it: the pages written since the last `syncDirty()`, or since the start. */
  syncDirty(): PageSet;
  /** Read the dirty bitmap and leave it as it is. */
  peekDirty(): PageSet;
  /** How long these pages would take now, in seconds: with the bytes that they have as they are, at the rate at which pages may go. */
  secondsToSend(pages: PageSet): number;

  /** Stop the guest's vCPUs at the source. Downtime begins. */
  pause(): void;
  /** Is the guest paused, or has it been handed over? */
  readonly paused: boolean;
  /** Has the guest been handed over? */
  readonly resumed: boolean;
  /** Hand over: the destination runs the guest as soon as everything sent so far has arrived. Downtime ends there. */
  resumeAtDestination(): void;

  /** The pages that the destination does not have: never sent, or discarded. */
  missing(): PageSet;
  /** Tell the destination to drop its copies of these pages, because they are stale. They are missing again. */
  discard(pages: PageSet): void;
  /**
   * The pages of which the source knows by now that the running destination has asked for them, oldest first. The engine
   * serves them ahead of your sends.
   */
  faults(): readonly Page[];
  /**
   * The pages that the guest has read or written most recently before it was paused, as accessed bits tell: at most
   * `count`. Somebody has to look at those bits: more than a few touches are remembered only from the first call on.
   */
  recentlyUsed(count: number): PageSet;

  /** The pages that the guest's system has not given to anybody, right now. */
  freePages(): PageSet;
  /** Leave these free pages out: the destination needs no copy, unless the guest writes them after all. */
  release(pages: PageSet): void;
  /**
   * Inflate a balloon in the guest to so many pages: free ones first, then copies of what is on the disk, then pages
   * in use, which the guest must swap out. They become free. Returns how many more were in use.
   */
  balloon(pages: number): number;

  /** Take this fraction (0 to 0.99) of CPU time away from the guest. */
  throttle(fraction: number, options?: ThrottleOptions): void;
  /** Tell the network where the guest is now (gratuitous ARP): until then, frames for it go to the source. */
  announce(): void;
  /** Write a line into the migration's log. */
  note(text: string): void;
  /** Give up: the guest goes on at the source. Not possible after the hand-over. */
  abort(reason: string): void;
}

/** A strategy: a generator function that moves a guest. */
export type Strategy = (m: Migration) => Generator<Step, void, void>;
