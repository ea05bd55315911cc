import type { Page } from '../api';
import { lowestBit } from '../pages/bits';
import { ArrivalQueue } from './arrival-queue';
import type { Touches } from './touches';

/** A page that the destination has asked for, and when the request reaches the source. */
export interface PageRequest {
  page: Page;
  at: number;
}

/** What a vCPU brings along: the work it has done, and the touches that it will make: one stream of them, or two. */
export interface VcpuStart {
  readonly work: number;
  readonly touches: readonly Touches[];
}

interface Vcpu {
  /** Guest work: `work` seconds done at `time`; it runs at full speed from there. */
  time: number;
  work: number;
  readonly touches: readonly Touches[];
  /** Up to here it has been followed: it touches an absent page now, or that is as far as anybody has looked. */
  nextAt: number;
  /** The stream whose next touch is on an absent page, or −1. */
  suspect: number;
  /** The page that it waits for, or −1. */
  waitsFor: Page;
  /** Is it this vCPU's touch for which that page was asked for? */
  asked: boolean;
}

/** How far a vCPU that meets no absent page is followed at a time, seconds. */
const LOOK_AHEAD = 0.05;

/**
 * The guest at work at the destination while some of its pages are still at the source. Each vCPU has its own clock:
 * a touch of an absent page stalls that vCPU until the page has arrived, and the others work on.
 *
 * A touch of a page that is there has no consequence, so each vCPU is followed in one go to its next touch of a page
 * that is absent as things stand; only those touches are events.
 */
export class DestinationGuest {
  /** The pages that it has asked for, oldest first. */
  readonly faults: Page[] = [];
  /** Those of them of which the source has heard. */
  readonly #heard: Page[] = [];
  /** When each request reaches the source. */
  readonly #reachAt: number[] = [];
  /** Requests on their way to the source, or waiting there, oldest first. */
  readonly requests: PageRequest[] = [];
  /** vCPU-seconds spent waiting for pages, stalls that have ended. */
  stallSeconds = 0;
  /** Of each page that was asked for, in the order of their ends: from the touch to where the vCPU went on, seconds. */
  readonly faultSeconds: number[] = [];
  /**
   * When no vCPU got on, as all of them waited for pages: from, to, from, to …, each at the end of the one before or later.
   * The last may end after the run, or be endless as things stand: Infinity.
   */
  readonly standstills: number[] = [];
  readonly #absent: Uint32Array;
  readonly #vcpus: Vcpu[];
  readonly #arrivals: ArrivalQueue;
  readonly #requested = new Set<Page>();
  #nextAt = Infinity;
  /** The guest has been let work up to then. */
  #time = 0;
  /** All pages below this one, the first of a word, are there. */
  #there: Page = 0;
  /** How many vCPUs wait for a page. */
  #waiting = 0;
  /** Since when all of them do. */
  #stoodSince = 0;

  constructor(
    vcpus: readonly VcpuStart[],
    /** Pages that have not arrived; the caller must not write it. */
    absent: Uint32Array,
    startTime: number,
    /** The link's bytes per second and its latency, seconds. */
    link: { readonly bytesPerSecond: number; readonly latency: number },
    /** What a request needs to get to the source, seconds. */
    private readonly requestSeconds: () => number,
    /** What the destination needs to put a page in place that a vCPU waits for, seconds. */
    private readonly placeSeconds: number,
    private readonly worked: (from: number, to: number, fraction: number) => void,
    /** Who wants to know of every page that is asked for. */
    private readonly asked?: (page: Page, at: number) => void,
  ) {
    this.#absent = absent;
    this.#arrivals = new ArrivalQueue(link.bytesPerSecond, link.latency);
    this.#vcpus = vcpus.map(({ work, touches }) => ({
      time: startTime,
      work,
      touches,
      nextAt: startTime,
      suspect: -1,
      waitsFor: -1,
      asked: false,
    }));
    for (const vcpu of this.#vcpus) {
      for (const touches of vcpu.touches) touches.skipTo(vcpu.work);
      this.#follow(vcpu);
    }
  }

  /** When something happens here next, if nothing arrives before. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** The pages whose requests have reached the source by `time`, oldest first. */
  heardBy(time: number): readonly Page[] {
    for (let i = this.#heard.length; this.#reachAt[i]! <= time; i++) this.#heard.push(this.faults[i]!);
    return this.#heard;
  }

  /** Lets the guest work up to `time`, included. An arrival comes before a touch at the same instant. */
  advance(time: number): void {
    while (this.#nextAt <= time) {
      let vcpu = this.#vcpus[0]!;
      for (let i = 1; vcpu.nextAt !== this.#nextAt; i++) vcpu = this.#vcpus[i]!;
      if (vcpu.waitsFor >= 0) this.#wake(vcpu);
      else this.#look(vcpu);
    }
    this.#time = time;
  }

  /** Of the 32 pages from `first` on, those that vCPUs wait for. */
  awaitedIn(first: Page): number {
    let bits = 0;
    if (this.#waiting > 0) for (const { waitsFor } of this.#vcpus) if ((waitsFor & ~31) === first) bits |= 1 << waitsFor;
    return bits;
  }

  /** Of the 32 pages from `first` on, those in `bits` leave the source, back to back; see `ArrivalQueue` for the rest. */
  willArrive(first: Page, bits: number, since: number, before: number, each: number): void {
    if (this.#arrivals.full) this.#arrivals.receive(this.#time, this.#absent);
    this.#arrivals.push(first >>> 5, bits, since, before, each);
    if ((this.awaitedIn(first) & bits) === 0) return;
    for (const vcpu of this.#vcpus) {
      const { waitsFor } = vcpu;
      if ((waitsFor & ~31) !== first || ((bits >>> waitsFor) & 1) === 0 || !this.#requested.has(waitsFor)) continue;
      vcpu.nextAt = this.#arrivals.arrivalOf(waitsFor) + this.placeSeconds;
    }
    this.#settle();
  }

  /** Whatever is under way at `time` is lost, requests too. Returns the pages. */
  lose(time: number): Page[] {
    this.advance(time);
    this.#arrivals.receive(time, this.#absent);
    const lost = this.#arrivals.takeAll();
    this.requests.length = 0;
    // Of these the source hears only when they are asked for again.
    this.heardBy(time);
    this.#reachAt.fill(Infinity, this.#heard.length);
    for (const vcpu of this.#vcpus) if (vcpu.waitsFor >= 0) vcpu.nextAt = Infinity;
    this.#settle();
    return lost;
  }

  /** The link is back at `time`: ask again for what vCPUs wait for. */
  askAgain(time: number): void {
    this.#reachAt.fill(time + this.requestSeconds(), this.#heard.length);
    const again = new Set<Page>([-1]);
    for (const vcpu of this.#vcpus) {
      const page = vcpu.waitsFor;
      if (again.has(page)) continue;
      again.add(page);
      // It may have been on its way unasked, when it was lost: only now is it asked for.
      if (!this.#requested.has(page)) this.#fault(vcpu, time);
      else this.#request(page, time);
    }
  }

  /** Accounts for the work and the stalls up to `time`, when the run is over. The last pages may still be under way now. */
  finish(time: number): void {
    this.advance(time);
    for (const vcpu of this.#vcpus) {
      if (vcpu.waitsFor < 0) this.#account(vcpu, time);
      else {
        this.stallSeconds += Math.max(0, time - vcpu.time);
        // The page has arrived, or will, and only has to be put in place.
        if (vcpu.asked && vcpu.nextAt < Infinity) this.faultSeconds.push(vcpu.nextAt - vcpu.time);
      }
    }
    if (this.#waiting === this.#vcpus.length) this.standstills.push(this.#stoodSince, this.#nextAt);
  }

  /** Follows a vCPU to its next touch of an absent page, or as far as it is worth. */
  #follow(vcpu: Vcpu): void {
    const { touches, time, work } = vcpu;
    const horizon = vcpu.nextAt + LOOK_AHEAD;
    vcpu.suspect = -1;
    vcpu.nextAt = Infinity;
    // With all its pages there, it will never stop again.
    if (touches.every(({ end }) => this.#isThereBelow(end))) return this.#settle();
    let until = work + (horizon - time);
    for (let i = 0; i < touches.length; i++) {
      if (touches[i]!.rate > 0) vcpu.nextAt = Math.min(vcpu.nextAt, horizon);
      const due = this.#nextAbsent(touches[i]!, until);
      if (due === Infinity || (vcpu.suspect >= 0 && due === until)) continue;
      vcpu.suspect = i;
      until = due; // and so of the others, only what comes before counts
    }
    if (vcpu.suspect >= 0) vcpu.nextAt = time + (until - work);
    this.#settle();
  }

  /**
   * Makes the touches of one stream that fall due up to `until`, seconds of guest work, but stops before one of a page
   * that is absent. Returns when that one falls due, or Infinity. If a touch of the other stream makes the vCPU stop
   * before, nothing is lost: a touch of a page that is there has no consequence, and what is there stays there.
   */
  #nextAbsent(stream: Touches, until: number): number {
    const absent = this.#absent;
    const { batch } = stream;
    for (;;) {
      const end = stream.next + stream.dueBy(until);
      let i = stream.next;
      for (; i < end; i++) {
        const page = batch[i]!;
        if (((absent[page >>> 5]! >>> page) & 1) === 1) break;
      }
      stream.next = i;
      if (i < end) return stream.dueAt();
      if (i < stream.filled || stream.rate === 0) return Infinity;
      stream.refill();
    }
  }

  /** The vCPU has come to the end of what it was followed to. */
  #look(vcpu: Vcpu): void {
    const at = vcpu.nextAt;
    this.#arrivals.receive(at, this.#absent);
    if (vcpu.suspect < 0) return this.#follow(vcpu);
    const stream = vcpu.touches[vcpu.suspect]!;
    const page = stream.batch[stream.next]!;
    stream.take();
    if (!this.#isAbsent(page)) return this.#follow(vcpu);
    this.#account(vcpu, at);
    vcpu.waitsFor = page;
    if (++this.#waiting === this.#vcpus.length) this.#stoodSince = at;
    const arrival = this.#arrivals.arrivalOf(page);
    vcpu.nextAt = arrival + (this.#requested.has(page) ? this.placeSeconds : 0);
    if (arrival === Infinity && !this.#requested.has(page)) this.#fault(vcpu, at);
    this.#settle();
  }

  /** The page that the vCPU waits for is asked for. */
  #fault(vcpu: Vcpu, at: number): void {
    const page = vcpu.waitsFor;
    vcpu.asked = true;
    this.#requested.add(page);
    this.faults.push(page);
    this.asked?.(page, at);
    this.#reachAt.push(this.#request(page, at));
  }

  /** Sends a request for the page. Returns when it reaches the source. */
  #request(page: Page, time: number): number {
    const at = time + this.requestSeconds();
    this.requests.push({ page, at });
    return at;
  }

  #wake(vcpu: Vcpu): void {
    this.#arrivals.receive(vcpu.nextAt, this.#absent);
    const stalled = vcpu.nextAt - vcpu.time;
    this.stallSeconds += stalled;
    if (vcpu.asked) this.faultSeconds.push(stalled);
    if (this.#waiting-- === this.#vcpus.length) this.standstills.push(this.#stoodSince, vcpu.nextAt);
    vcpu.time = vcpu.nextAt;
    vcpu.waitsFor = -1;
    vcpu.asked = false;
    this.#follow(vcpu);
  }

  /** The vCPU has worked up to `time`. */
  #account(vcpu: Vcpu, time: number): void {
    this.worked(vcpu.time, time, 1 / this.#vcpus.length);
    vcpu.work += time - vcpu.time;
    vcpu.time = time;
  }

  #settle(): void {
    this.#nextAt = Infinity;
    for (const { nextAt } of this.#vcpus) if (nextAt < this.#nextAt) this.#nextAt = nextAt;
  }

  /** Are all pages below `end` there? What is there stays there, so no word is looked at twice. */
  #isThereBelow(end: Page): boolean {
    const absent = this.#absent;
    while (this.#there < end && absent[this.#there >>> 5] === 0) this.#there += 32;
    return this.#there >= end || this.#there + lowestBit(absent[this.#there >>> 5]!) >= end;
  }

  #isAbsent(page: Page): boolean {
    return ((this.#absent[page >>> 5]! >>> (page & 31)) & 1) === 1;
  }
}
