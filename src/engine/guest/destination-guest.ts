import type { Page } from '../api';
import { ArrivalQueue } from './arrival-queue';
import type { Touches } from './touches';

/** A page that the destination has asked for, and when the request reaches the source. */
export interface PageRequest {
  page: Page;
  at: number;
}

interface Vcpu {
  /** Guest work: `work` seconds done at `time`; it runs at full speed from there. */
  time: number;
  work: number;
  /** Its own touches: numbers `id + 1 + i × vcpus` of the guest's writes and reads. */
  writes: number;
  reads: number;
  /** When something happens to it next: a touch, or the arrival of the page that it waits for. */
  nextAt: number;
  /** The page that it waits for, or -1. */
  waitsFor: Page;
}

/**
 * The guest at work at the destination while some of its pages are still at the source. Each vCPU has its own clock:
 * a touch of an absent page stalls that vCPU until the page has arrived, and the others work on.
 */
export class DestinationGuest {
  /** The pages that it has asked for, oldest first. */
  readonly faults: Page[] = [];
  /** Requests on their way to the source, or waiting there, oldest first. */
  readonly requests: PageRequest[] = [];
  /** vCPU-seconds spent waiting for pages, stalls that have ended. */
  stallSeconds = 0;
  readonly #absent: Uint32Array;
  readonly #vcpus: Vcpu[];
  readonly #arrivals = new ArrivalQueue();
  readonly #requested = new Set<Page>();
  #nextAt = Infinity;
  /** How many vCPUs wait for a page. */
  #waiting = 0;

  constructor(
    private readonly writes: Touches,
    private readonly reads: Touches,
    vcpus: number,
    /** Pages that have not arrived; the caller must not write it. */
    absent: Uint32Array,
    startTime: number,
    startWork: number,
    private readonly latency: number,
    private readonly worked: (from: number, to: number, fraction: number) => void,
  ) {
    this.#absent = absent;
    reads.skipTo(startWork);
    this.#vcpus = Array.from({ length: vcpus }, (_, id) => ({
      time: startTime,
      work: startWork,
      writes: Math.ceil(Math.max(0, writes.count - id) / vcpus) * vcpus + id,
      reads: Math.ceil(Math.max(0, reads.count - id) / vcpus) * vcpus + id,
      nextAt: 0,
      waitsFor: -1,
    }));
    this.#vcpus.forEach((vcpu) => this.#schedule(vcpu));
  }

  /** When something happens here next, if nothing arrives before. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** Lets the guest work up to `time`, included. */
  advance(time: number): void {
    while (this.#nextAt <= time) {
      const vcpu = this.#vcpus.find(({ nextAt }) => nextAt === this.#nextAt)!;
      if (vcpu.waitsFor >= 0) this.#wake(vcpu);
      else this.#touch(vcpu);
    }
    this.#receive(time);
  }

  /** `page` left the source and arrives at `at`. */
  willArrive(page: Page, at: number): void {
    this.#arrivals.push(page, at);
    if (this.#waiting === 0 || !this.#requested.has(page)) return;
    for (const vcpu of this.#vcpus) {
      if (vcpu.waitsFor === page) vcpu.nextAt = at;
    }
    this.#settle();
  }

  /** Accounts for the work and the stalls up to `time`, when the run is over. */
  finish(time: number): void {
    for (const vcpu of this.#vcpus) {
      if (vcpu.waitsFor < 0) this.#account(vcpu, time);
      else this.stallSeconds += Math.max(0, time - vcpu.time);
    }
  }

  #touch(vcpu: Vcpu): void {
    const at = vcpu.nextAt;
    const count = this.#vcpus.length;
    const write = this.#due(vcpu.writes, this.writes.rate) <= this.#due(vcpu.reads, this.reads.rate);
    const page = write ? this.writes.next() : this.reads.next();
    if (write) vcpu.writes += count;
    else vcpu.reads += count;
    this.#receive(at);
    if (!this.#isAbsent(page)) {
      this.#schedule(vcpu);
      return;
    }
    this.#account(vcpu, at);
    vcpu.waitsFor = page;
    this.#waiting++;
    vcpu.nextAt = this.#arrivals.arrivalOf(page);
    if (vcpu.nextAt === Infinity && !this.#requested.has(page)) {
      this.#requested.add(page);
      this.faults.push(page);
      this.requests.push({ page, at: at + this.latency });
    }
    this.#settle();
  }

  #wake(vcpu: Vcpu): void {
    this.#receive(vcpu.nextAt);
    this.stallSeconds += vcpu.nextAt - vcpu.time;
    vcpu.time = vcpu.nextAt;
    vcpu.waitsFor = -1;
    this.#waiting--;
    this.#schedule(vcpu);
  }

  /** The vCPU has worked up to `time`. */
  #account(vcpu: Vcpu, time: number): void {
    this.worked(vcpu.time, time, 1 / this.#vcpus.length);
    vcpu.work += time - vcpu.time;
    vcpu.time = time;
  }

  #schedule(vcpu: Vcpu): void {
    const due = Math.min(this.#due(vcpu.writes, this.writes.rate), this.#due(vcpu.reads, this.reads.rate));
    vcpu.nextAt = vcpu.time + (due - vcpu.work);
    this.#settle();
  }

  #settle(): void {
    this.#nextAt = Infinity;
    for (const { nextAt } of this.#vcpus) if (nextAt < this.#nextAt) this.#nextAt = nextAt;
  }

  /** The guest work at which touch number `done` + 1 falls due. */
  #due(done: number, rate: number): number {
    return rate > 0 ? (done + 1) / rate : Infinity;
  }

  /** Everything that has arrived by `time` is there. An arrival comes before a touch at the same instant. */
  #receive(time: number): void {
    while (this.#arrivals.nextAt <= time) {
      const page = this.#arrivals.shift();
      this.#absent[page >>> 5]! &= ~(1 << (page & 31));
    }
  }

  #isAbsent(page: Page): boolean {
    return ((this.#absent[page >>> 5]! >>> (page & 31)) & 1) === 1;
  }
}
