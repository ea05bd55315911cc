import type { Page } from '../api';
import { DestinationGuest } from '../guest/destination-guest';
import { Memory } from '../guest/memory';
import { BECAME_DIRTY, BECAME_STALE, SourceGuest } from '../guest/source-guest';
import { Touches } from '../guest/touches';
import { Transmission } from '../network/transmission';
import { wireOf, type Wire } from '../network/wire';
import { lowestBit } from '../pages/bits';
import { CHUNK_PAGES, CHUNK_WORDS, EMPTY_CHUNK, type Pages } from '../pages/pages';
import type { DowntimeParts, Finding, Round } from '../report';
import type { Scenario } from '../scenario';
import type { History } from './history';
import { Recorder } from './recorder';
import type { EngineStep } from './step';

/**
 * A migration under way: the guest, the link, and the clock that merges what they do.
 *
 * Guest writes and page transmissions happen in the exact order of their virtual times. At equal times the guest's
 * write comes first; at the destination, a page's arrival comes before a touch of it.
 */
export class Run {
  readonly wire: Wire;
  readonly memory: Memory;
  readonly recorder = new Recorder();
  readonly source: SourceGuest;
  readonly findings: Finding[] = [];
  readonly rounds: Round[] = [];
  readonly downtimeParts: DowntimeParts = { pagesSeconds: 0, stateSeconds: 0, latencySeconds: 0, waitingSeconds: 0 };
  destination: DestinationGuest | undefined;
  now = 0;
  fullPages = 0;
  zeroPages = 0;
  finalPages = 0;
  finalPageBytes = 0;
  transferredBytes = 0;
  pausedAt: number | undefined;
  resumedAt: number | undefined;
  /** When the last page or state that the destination needed arrived there. */
  lastArrivalAt = 0;
  /** When the state was captured, and whether the guest ran on after that. */
  stateSent: { at: number; paused: boolean } | undefined;
  abortReason: string | undefined;
  readonly #writes: Touches;
  readonly #reads: Touches;
  #roundStart = 0;
  #roundPages = 0;
  #workedUntil = 0;
  /** The pages that went back to back after the hand-over: since when, how many bytes, until when. */
  #busySince = 0;
  #busyBytes = 0;
  #busyUntil = -1;

  constructor(
    readonly scenario: Scenario,
    /** The page whose history is wanted. */
    readonly history?: History,
    /** How many writes, and how many reads, may be followed one by one. */
    maxTouches = Infinity,
  ) {
    const { guest, seed, ideal } = scenario;
    this.wire = wireOf(scenario);
    this.memory = new Memory(guest.pages, ideal ? 0 : Math.round(guest.zeroFraction * guest.pages));
    this.#writes = new Touches(guest, guest.writesPerSecond, seed, 1, maxTouches);
    this.#reads = new Touches(guest, guest.readsPerSecond, seed, 2, maxTouches);
    this.source = new SourceGuest(this.memory, this.#writes);
  }

  get stateBytes(): number {
    return this.scenario.ideal ? 0 : this.scenario.guest.stateBytes;
  }

  /** Bytes that these pages would take on the link now. */
  bytesOf(pages: Pages): number {
    const zeros = this.memory.zerosIn(pages);
    return (pages.size - zeros) * this.wire.fullPageBytes + zeros * this.wire.zeroPageBytes;
  }

  /** Lets virtual time pass until the step is over. */
  perform(step: EngineStep): void {
    const start = this.now;
    if (step.kind === 'wait') this.#wait(start + step.seconds);
    else if (step.kind === 'sendState') this.#sendState();
    else if (this.destination) this.#push(step.pages!, this.destination);
    else this.#send(step.pages!);
    if (this.pausedAt !== undefined && !this.destination) {
      const part = { send: 'pagesSeconds', sendState: 'stateSeconds', wait: 'waitingSeconds' } as const;
      this.downtimeParts[part[step.kind]] += this.now - start;
    }
  }

  takeDirty(): Pages {
    this.#endRound();
    return this.memory.takeDirty();
  }

  discard(pages: Pages): void {
    this.recorder.enter(this.now);
    this.recorder.add(0, 0, 0, this.memory.discard(pages));
  }

  setThrottle(fraction: number): void {
    if (this.pausedAt !== undefined) return;
    this.#account();
    this.source.setSpeed(1 - fraction, this.now);
  }

  pause(): void {
    this.#account();
    this.source.setSpeed(0, this.now);
    this.pausedAt = this.now;
    // A strategy that never reads the bitmap again still had a last round.
    if (this.#roundPages > 0) this.rounds.push(this.#round());
    this.#roundPages = 0;
  }

  /** The guest goes on at the source. */
  abort(reason: string): void {
    this.abortReason = reason;
    this.#account();
    if (this.pausedAt !== undefined) this.source.setSpeed(1, this.now);
  }

  /** The order to go on travels behind everything that was sent. */
  resumeAtDestination(): void {
    const { guest } = this.scenario;
    this.resumedAt = this.now + this.wire.latency;
    this.lastArrivalAt = this.resumedAt;
    this.downtimeParts.latencySeconds = this.wire.latency;
    this.destination = new DestinationGuest(
      this.#writes,
      this.#reads,
      guest.vcpus,
      flat(this.memory.missing.snapshot()),
      this.resumedAt,
      this.source.workAt(this.now),
      this.wire.latency,
      (from, to, fraction) => this.recorder.worked(from, to, fraction),
    );
  }

  /** The run is over; `totalSeconds` is how long the migration took. */
  finish(totalSeconds: number): void {
    if (this.destination) this.destination.finish(totalSeconds);
    else this.#account();
  }

  #send(pages: Pages): void {
    const { history } = this;
    const watch = history && { page: history.page, sent: (at: number) => (history.sent = at) };
    const transmission = new Transmission(this.now, pages, this.memory, this.wire, watch);
    this.#runSource(transmission, transmission);
    this.now = transmission.end;
    const started = transmission.fullPages + transmission.zeroPages;
    this.fullPages += transmission.fullPages;
    this.zeroPages += transmission.zeroPages;
    this.transferredBytes += transmission.bytes;
    if (this.pausedAt === undefined) this.#roundPages += started;
    else {
      this.finalPages += started;
      this.finalPageBytes += transmission.bytes;
    }
  }

  #sendState(): void {
    this.stateSent = { at: this.now, paused: this.pausedAt !== undefined };
    this.transferredBytes += this.stateBytes;
    const end = this.now + this.stateBytes / this.wire.bytesPerSecond;
    if (!this.destination) this.#runSource({ end, done: true });
    this.now = end;
  }

  #wait(until: number): void {
    if (this.destination) this.#serve(this.destination, until);
    else this.#runSource({ end: until, done: true });
    this.now = until;
  }

  /** The guest runs at the source until whatever is going on has ended. The engine's hottest loop. */
  #runSource(until: { readonly end: number; readonly done: boolean }, transmission?: Transmission): void {
    const { source, recorder, history } = this;
    let dirtied = 0;
    let staled = 0;
    let sentBefore = 0;
    let freshBefore = 0;
    const record = () => {
      const sent = transmission ? transmission.fullPages + transmission.zeroPages : 0;
      const fresh = transmission?.freshPages ?? 0;
      recorder.add(sent - sentBefore, fresh - freshBefore, dirtied, staled);
      [sentBefore, freshBefore, dirtied, staled] = [sent, fresh, 0, 0];
    };
    recorder.enter(this.now);
    for (;;) {
      const stop = source.nextWriteAt < recorder.boundary ? source.nextWriteAt : recorder.boundary;
      if (transmission !== undefined) transmission.startBefore(stop);
      if (until.done && until.end < stop) break;
      if (stop === recorder.boundary) {
        record();
        recorder.enter(stop);
        continue;
      }
      const news = source.write();
      dirtied += news & BECAME_DIRTY;
      staled += (news & BECAME_STALE) >>> 1;
      if (history !== undefined && source.lastPage === history.page) history.written = stop;
    }
    record();
  }

  /** The guest runs at the destination: push these pages, and ahead of each whatever it has asked for. */
  #push(pages: Pages, destination: DestinationGuest): void {
    const { chunks } = pages;
    for (let c = 0; c < chunks.length; c++) {
      const chunk = chunks[c]!;
      if (chunk === EMPTY_CHUNK) continue;
      for (let w = 0; w < CHUNK_WORDS; w++) {
        for (let bits = chunk[w]!; bits !== 0; bits &= bits - 1) {
          this.#answerRequests(destination);
          this.#transmit(c * CHUNK_PAGES + (w << 5) + lowestBit(bits), destination);
        }
      }
    }
    destination.advance(this.now);
  }

  /** Lets the guest work up to now, and sends what it has asked for in time. */
  #answerRequests(destination: DestinationGuest): void {
    for (;;) {
      destination.advance(this.now);
      const request = destination.requests[0];
      if (!request || request.at > this.now) return;
      destination.requests.shift();
      this.#transmit(request.page, destination);
    }
  }

  /** The link is idle but for what the destination asks for. */
  #serve(destination: DestinationGuest, until: number): void {
    for (;;) {
      const request = destination.requests[0];
      if (!request) {
        if (destination.nextAt > until) break;
        destination.advance(destination.nextAt);
        continue;
      }
      const start = Math.max(this.now, request.at);
      if (start >= until) break;
      destination.advance(start);
      destination.requests.shift();
      this.now = start;
      this.#transmit(request.page, destination);
    }
    destination.advance(until);
  }

  /** Sends one page, unless the destination has it or it is on its way: whatever asked for it, each page goes once. */
  #transmit(page: Page, destination: DestinationGuest): void {
    if (!this.memory.missing.has(page)) return;
    const zero = this.memory.isZero(page);
    const bytes = zero ? this.wire.zeroPageBytes : this.wire.fullPageBytes;
    if (this.now !== this.#busyUntil) {
      this.#busySince = this.now;
      this.#busyBytes = 0;
    }
    this.recorder.sentAt(this.now);
    this.#busyBytes += bytes;
    this.now = this.#busyUntil = this.#busySince + this.#busyBytes / this.wire.bytesPerSecond;
    this.memory.missing.delete(page);
    this.lastArrivalAt = this.now + this.wire.latency;
    destination.willArrive(page, this.lastArrivalAt);
    this.transferredBytes += bytes;
    if (zero) this.zeroPages++;
    else this.fullPages++;
  }

  #endRound(): void {
    if (this.pausedAt === undefined && this.#roundPages > 0) this.rounds.push(this.#round());
    this.#roundPages = 0;
    this.#roundStart = this.now;
  }

  #round(): Round {
    return { pages: this.#roundPages, seconds: this.now - this.#roundStart, dirtied: this.memory.dirtyCount };
  }

  #account(): void {
    this.recorder.worked(this.#workedUntil, this.now, this.source.speed);
    this.#workedUntil = this.now;
  }
}

/** A copy of the set as one bitmap, for whoever wants to change it. */
function flat({ chunks }: Pages): Uint32Array {
  const words = new Uint32Array((chunks.length * CHUNK_PAGES) / 32);
  chunks.forEach((chunk, c) => words.set(chunk, (c * CHUNK_PAGES) / 32));
  return words;
}
