import type { Page } from '../api';
import type { GuestSpec } from '../scenario';
import { endOfTouches, stretchesOf, type Share, type Stretch, type TouchKind } from './stretch';

const BATCH = 256;
/** How many of the last touches are remembered. */
const REMEMBERED = 65_536;
/** Stretches without a touch after which one may say that none will ever come. */
const SILENT_STRETCHES = 100_000;

/** The guest has touched memory more often than a run may follow. */
export class TooManyTouches extends Error {}

/**
 * One kind of touch (the guest's writes, or its reads) as an endless stream: in each stretch of the guest's work, touch
 * number k, counted from 1, falls due after k / rate seconds, and goes to the next page of the stretch's pattern.
 */
export class Touches {
  /** Touches per second of undisturbed work in the current stretch, all vCPUs together; 0 if none comes any more. */
  rate = 0;
  /** Guest work, in seconds, at which the current stretch begins. */
  origin = 0;
  /** The pages of the next touches: those from `next` to `filled` − 1. All of them belong to the current stretch. */
  readonly batch = new Int32Array(BATCH);
  next = 0;
  filled = 0;
  /** The number in its stretch, all vCPUs counted, of the touch at `batch[0]`; the following ones are `every` apart. */
  base = 0;
  readonly every: number;
  /** No touch will ever go to this page or one above it. */
  readonly end: Page;
  readonly #first: number;
  readonly #stretches: Generator<Stretch>;
  #stretch: Stretch | undefined;
  #made = 0;
  /** The last touches, in a ring; made only if somebody will ask. */
  #ring: Int32Array | undefined;
  #ringed = 0;

  constructor(
    private readonly guest: GuestSpec,
    kind: TouchKind,
    seed: number,
    stream: number,
    /** How many touches may be made one by one. */
    private readonly most = Infinity,
    share: Share = { first: 0, every: 1 },
  ) {
    this.#first = share.first;
    this.every = share.every;
    this.end = endOfTouches(guest);
    this.#stretches = stretchesOf(guest, kind, seed, stream, share);
    this.refill();
  }

  /** The guest work at which touch `batch[next + ahead]` falls due; Infinity if there is none. */
  dueAt(ahead = 0): number {
    return this.rate === 0 ? Infinity : this.origin + (this.base + (this.next + ahead) * this.every + 1) / this.rate;
  }

  /** How many of the touches in the batch fall due up to `work` seconds of guest work. */
  dueBy(work: number): number {
    const most = this.filled - this.next;
    if (most === 0 || this.dueAt() > work) return 0;
    let count = Math.floor(((work - this.origin) * this.rate - 1 - this.base) / this.every) - this.next + 1;
    // The estimate is off by one at times, for it is rounded; the times themselves decide.
    if (count < 1) count = 1;
    if (count > most) count = most;
    while (count > 1 && this.dueAt(count - 1) > work) count--;
    while (count < most && this.dueAt(count) <= work) count++;
    return count;
  }

  /** The interval of the trace that the batch belongs to. */
  get interval(): number | undefined {
    return this.#stretch?.interval;
  }

  /** The page of the next touch, which is thereby made. */
  take(): Page {
    const page = this.batch[this.next++]!;
    if (this.next === this.filled) this.refill();
    return page;
  }

  /** To be called when the batch is used up: gets the next one. */
  refill(): void {
    if (this.#ring) this.#remember(this.#ring);
    if (this.#made >= this.most) throw new TooManyTouches();
    this.base += this.filled * this.every;
    this.next = this.filled = 0;
    for (let silent = 0; this.#left() <= 0; silent++) {
      if (silent > SILENT_STRETCHES || !this.#nextStretch()) {
        this.rate = 0;
        return;
      }
    }
    this.filled = Math.min(BATCH, this.#left());
    this.#made += this.filled;
    this.#stretch!.pattern!.fill(this.batch, 0, this.filled);
    this.#place(this.#stretch!);
  }

  /** Makes all touches that fall due up to `work` seconds of guest work, unseen but for the last ones. */
  skipTo(work: number): void {
    while (this.rate > 0 && this.dueAt() <= work) {
      const { seconds, pattern } = this.#stretch!;
      const made = Math.floor(Math.min(work - this.origin, seconds) * this.rate);
      const due = Math.floor((made - this.base) / this.every) - this.next;
      const unseen = Math.min(due, this.#left() - this.next) - (this.#ring ? REMEMBERED : 0);
      const unnamed = unseen - (this.filled - this.next);
      if (unnamed > 0) {
        pattern!.skip(unnamed);
        this.base += (this.filled + unnamed) * this.every;
        this.next = this.filled = 0;
        this.refill();
      } else this.take();
    }
  }

  /** From now on the last touches are remembered. */
  remember(): void {
    this.#ring ??= new Int32Array(REMEMBERED);
  }

  /** The pages of the last touches that were made, newest first; at most 65,536 of them. */
  *latest(): Generator<Page> {
    for (let i = this.next - 1; i >= 0; i--) yield this.batch[i]!;
    const ring = this.#ring;
    for (let i = 1; ring && i <= Math.min(this.#ringed, REMEMBERED); i++) {
      yield ring[(this.#ringed - i) % REMEMBERED]!;
    }
  }

  #remember(ring: Int32Array): void {
    for (let i = 0; i < this.next; i++) ring[this.#ringed++ % REMEMBERED] = this.batch[i]!;
  }

  /** How many touches of the current stretch are still to be put into a batch. */
  #left(): number {
    return this.#stretch === undefined ? 0 : Math.ceil((this.#stretch.touches - this.base) / this.every);
  }

  #nextStretch(): boolean {
    if (this.#stretch) this.origin += this.#stretch.seconds;
    if (this.origin === Infinity) return false;
    this.#stretch = this.#stretches.next().value as Stretch | undefined;
    this.base = this.#first;
    this.rate = this.#stretch?.rate ?? 0;
    return this.#stretch !== undefined;
  }

  /** Puts the pattern's pages where the working set lies. */
  #place({ start, moves }: Stretch): void {
    if (start === 0 && moves === 0) return;
    const { pages } = this.guest;
    for (let i = 0; i < this.filled; i++) {
      const moved = moves === 0 ? 0 : Math.floor(moves * this.dueAt(i));
      this.batch[i] = (this.batch[i]! + start + moved) % pages;
    }
  }
}
