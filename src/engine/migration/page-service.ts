import type { Page, SendOptions } from '../api';
import type { Encoders } from '../encoding/encoders';
import { DestinationGuest, type VcpuStart } from '../guest/destination-guest';
import type { Memory } from '../guest/memory';
import { wireOf, type Wire } from '../network/wire';
import { lowestBit, lowestBits, popcount } from '../pages/bits';
import { CHUNK_PAGES, CHUNK_WORDS } from '../pages/chunk';
import { Pages } from '../pages/pages';
import type { Fault, Scenario } from '../scenario';
import { Broken, describeFault } from './broken';
import type { EventLog } from './event-log';
import type { Recorder } from './recorder';

/**
 * The source after the hand-over: it pushes pages, and ahead of each whatever the running destination has asked for.
 * Each page goes once.
 */
export class PageService {
  fullPages = 0;
  zeroPages = 0;
  bytes = 0;
  cpuSeconds = 0;
  /** When the last page that the destination needed arrives there. */
  lastArrivalAt: number;
  /** The pages that the last push left, because of its bounds. */
  unsent: Pages;
  readonly guest: DestinationGuest;
  readonly #wire: Wire;
  readonly #none: Pages;
  #now = 0;
  /** The pages that go back to back: since when, how far they have come in bytes, until when. */
  #busySince = 0;
  #busyBytes = 0;
  #busyUntil = -1;
  #pushing = false;
  /** Before this time nothing happens but that pages leave. */
  #quiet = -Infinity;
  readonly #faults: Fault[];

  constructor(
    private readonly scenario: Scenario,
    private readonly memory: Memory,
    vcpus: readonly VcpuStart[],
    /** When the guest goes on at the destination, unless something breaks before. */
    private readonly resumedAt: number,
    private readonly recorder: Recorder,
    private readonly encoders?: Encoders,
    log?: EventLog,
  ) {
    this.#wire = wireOf(scenario, { handedOver: true });
    this.#faults = [...(scenario.faults ?? [])];
    this.lastArrivalAt = resumedAt;
    this.unsent = this.#none = Pages.none(memory.pageCount);
    this.guest = new DestinationGuest(
      vcpus,
      memory.missing.snapshot().toWords(),
      resumedAt,
      this.#wire,
      () => this.#wire.latency + this.#queueSeconds,
      scenario.ideal ? 0 : (scenario.destination?.faultSeconds ?? 0),
      (from, to, fraction) => recorder.worked(from, to, fraction),
      log && ((page, seconds) => log({ seconds, event: 'fault', page })),
    );
  }

  /** How long a request waits behind what the socket already holds. */
  get #queueSeconds(): number {
    const { queueBytes = 0, bytesPerSecond, urgentChannel = false } = this.scenario.link;
    return this.#pushing && !urgentChannel && !this.scenario.ideal ? queueBytes / bytesPerSecond : 0;
  }

  /** Pushes these pages from `now` on. Returns when the last one has left. */
  push(pages: Pages, now: number, { seconds = Infinity, bytes = Infinity }: SendOptions = {}): number {
    this.#now = Math.max(now, this.#busyUntil);
    this.#pushing = true;
    this.#quiet = -Infinity;
    const until = this.#now + seconds;
    const mostBytes = this.bytes + bytes;
    const { missing } = this.memory;
    for (let c = missing.nextChunk(pages.firstChunk); c <= pages.lastChunk && this.#now < until; c = missing.nextChunk(c + 1)) {
      const end = pages.lastWord(c);
      for (let w = pages.firstWord(c); (w = missing.nextWord(c, w, end)) < end; w++) {
        let rest = missing.common(pages, c, w);
        while (rest !== 0 && this.#now < until && this.bytes < mostBytes) {
          if (this.#now >= this.#quiet) this.#answerRequests();
          rest &= missing.word(c, w);
          if (rest !== 0) rest &= ~this.#start(c, w, rest, until, mostBytes);
        }
      }
    }
    // The last page was under way.
    if (this.#faults.length > 0 && this.#faults[0]!.at < this.#now) this.#break();
    this.guest.advance(this.#now);
    this.#pushing = false;
    const bounded = until < Infinity || mostBytes < Infinity;
    this.unsent = bounded ? pages.intersect(this.memory.missing.snapshot()) : this.#none;
    return this.#now;
  }

  /** Until `until` the link is idle but for what the destination asks for; it may be busy with that for longer. */
  serve(now: number, until: number): void {
    this.#now = Math.max(now, this.#busyUntil);
    const { guest } = this;
    for (;;) {
      const request = guest.requests[0];
      const next = request ? Math.max(this.#now, request.at) : guest.nextAt;
      if (this.#faults.length > 0 && this.#faults[0]!.at <= Math.min(next, until)) {
        this.#now = Math.max(this.#now, this.#faults[0]!.at);
        this.#break();
        continue;
      }
      if (!request) {
        if (guest.nextAt > until) break;
        guest.advance(guest.nextAt);
        continue;
      }
      if (next >= until) break;
      guest.advance(next);
      guest.requests.shift();
      this.#now = next;
      this.#transmit(request.page);
    }
    guest.advance(until);
  }

  /** The strategy has pushed its last page; but as long as something is under way, it may break. */
  finish(): void {
    while (this.#faults.length > 0 && this.#faults[0]!.at < this.lastArrivalAt) {
      const { lastArrivalAt } = this;
      this.#now = Math.max(this.#now, this.#faults[0]!.at);
      for (const page of this.#break()) this.#transmit(page);
      if (this.lastArrivalAt === lastArrivalAt) return;
    }
  }

  /** Sends the lowest of these pages of a word, at least one: up to the next time at which anything may happen. Returns which. */
  #start(c: number, w: number, bits: number, until: number, mostBytes: number): number {
    const { memory, guest, recorder } = this;
    const wire = this.#wire;
    const page = c * CHUNK_PAGES + (w << 5);
    const mixed = memory.zero !== undefined && (memory.zero[c * CHUNK_WORDS + w]! & bits) !== 0;
    if (mixed || this.encoders !== undefined || wire.fullPageSeconds > 0 || mostBytes < Infinity) {
      this.#transmit(page + lowestBit(bits));
      return bits & -bits;
    }
    if (this.#now !== this.#busyUntil) this.#beBusy();
    if (this.#now >= this.#quiet) {
      recorder.enter(this.#now);
      const request = guest.requests[0]?.at ?? Infinity;
      const fault = this.#faults[0]?.at ?? Infinity;
      this.#quiet = Math.min(guest.nextAt, request, fault, until, recorder.boundary);
    }
    // A vCPU that waits for one of them goes on once it is there: what is due then is not known yet.
    const awaited = guest.awaitedIn(page) & bits;
    const count = this.#countUntil(this.#quiet, popcount(awaited === 0 ? bits : bits & (awaited ^ (awaited - 1))));
    const sent = lowestBits(bits, count);
    guest.willArrive(page, sent, this.#busySince, this.#busyBytes, wire.fullPageBytes);
    if (guest.nextAt < this.#quiet) this.#quiet = guest.nextAt;
    this.#busyBytes += count * wire.fullPageBytes;
    this.#now = this.#busyUntil = this.#busySince + this.#busyBytes / wire.bytesPerSecond;
    this.lastArrivalAt = this.#now + wire.latency;
    memory.missing.deleteBits(c, w, sent);
    recorder.add(count, count, 0, 0);
    this.bytes += count * wire.fullPageBytes;
    this.fullPages += count;
    return sent;
  }

  /** How many of the next `most` pages start before `quiet`, but at least one. */
  #countUntil(quiet: number, most: number): number {
    const { fullPageBytes, bytesPerSecond } = this.#wire;
    if (this.#endOf(most - 1) < quiet) return most;
    let count = Math.ceil(((quiet - this.#busySince) * bytesPerSecond - this.#busyBytes) / fullPageBytes);
    count = Math.max(1, Math.min(most, count));
    // The estimate is rounded; the times themselves decide.
    while (count > 1 && this.#endOf(count - 1) >= quiet) count--;
    while (count < most && this.#endOf(count) < quiet) count++;
    return count;
  }

  /** When the next `pages` pages have left. */
  #endOf(pages: number): number {
    return this.#busySince + (this.#busyBytes + pages * this.#wire.fullPageBytes) / this.#wire.bytesPerSecond;
  }

  /** Lets the guest work up to now, and sends what it has asked for in time. */
  #answerRequests(): void {
    for (;;) {
      if (this.#faults.length > 0 && this.#faults[0]!.at <= this.#now) this.#break();
      this.guest.advance(this.#now);
      const request = this.guest.requests[0];
      if (!request || request.at > this.#now) return;
      this.guest.requests.shift();
      this.#transmit(request.page);
    }
  }

  /** Sends one page, unless the destination has it or it is on its way: whatever asked for it, each page goes once. */
  #transmit(page: Page): void {
    const { memory } = this;
    const wire = this.#wire;
    if (!memory.missing.has(page)) return;
    const zero = wire.zeroPageBytes !== undefined && memory.isZero(page);
    const encoded = zero ? wire.zeroPageBytes! : (this.encoders?.encode(page) ?? -1);
    const bytes = encoded < 0 ? wire.fullPageBytes : encoded;
    const cpu = (zero ? wire.zeroPageSeconds : (this.encoders?.cpuSeconds ?? 0)) + (encoded < 0 ? wire.fullPageSeconds : 0);
    if (this.#now !== this.#busyUntil) this.#beBusy();
    this.recorder.sentAt(this.#now);
    const occupied = Math.max(bytes, cpu * wire.bytesPerSecond);
    this.guest.willArrive(page & ~31, 1 << page, this.#busySince, this.#busyBytes, occupied);
    this.#busyBytes += occupied;
    this.#now = this.#busyUntil = this.#busySince + this.#busyBytes / wire.bytesPerSecond;
    memory.missing.delete(page);
    this.lastArrivalAt = this.#now + wire.latency;
    this.bytes += bytes;
    this.cpuSeconds += cpu;
    if (zero) this.zeroPages++;
    else if (encoded < 0) this.fullPages++;
  }

  #beBusy(): void {
    this.#busySince = this.#now;
    this.#busyBytes = 0;
  }

  /** The link or the destination breaks. With a way to recover, the source sends again what was under way, and goes on. Returns that. */
  #break(): Page[] {
    const fault = this.#faults.shift()!;
    if (fault.at < this.resumedAt) {
      throw new Broken('failed', fault.at, `${describeFault(fault)} The order to go on had not arrived: the guest goes on at the source.`);
    }
    if (fault.kind === 'destination') {
      throw new Broken('lost', this.#now, `${describeFault(fault)} Its memory was in two halves, and one is gone: the guest is lost.`);
    }
    const { memory, guest } = this;
    const wire = this.#wire;
    const lost = guest.lose(fault.at);
    memory.missing.addAll(Pages.of(memory.pageCount, lost));
    this.recorder.enter(this.#now);
    this.recorder.add(0, -lost.length, 0, 0);
    if (!this.scenario.recovers) {
      throw new Broken('lost', this.#now, `${describeFault(fault)} Nothing takes the migration up again: the guest waits for ever for pages that only the source has, and is lost.`);
    }
    // The two sides greet each other, and the destination tells which pages it has: a bit each (QEMU's received bitmap).
    const greeting = 2 * wire.latency + memory.pageCount / 8 / wire.bytesPerSecond;
    this.#now = this.#busyUntil = Math.max(this.#now, fault.at + fault.seconds + greeting);
    this.#beBusy();
    guest.askAgain(this.#now);
    return lost;
  }
}
