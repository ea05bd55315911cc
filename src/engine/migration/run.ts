import type { Page, ThrottleOptions } from '../api';
import { Encoders } from '../encoding/encoders';
import { inflateBalloon } from '../guest/balloon';
import type { Content } from '../guest/content';
import { contentOf } from '../guest/content-of';
import { deviceOf } from '../guest/device';
import { Memory } from '../guest/memory';
import { recentlyUsed } from '../guest/recently-used';
import { SourceGuest, type StallCause } from '../guest/source-guest';
import { Touches } from '../guest/touches';
import { vcpusOf } from '../guest/vcpus';
import { bytesOf } from '../network/estimate';
import { Transmission, type Onlooker } from '../network/transmission';
import { Uplink } from '../network/uplink';
import { wireOf, type Wire } from '../network/wire';
import { Pages } from '../pages/pages';
import type { Finding } from '../report';
import type { Scenario } from '../scenario';
import { MECHANISMS, type TrackingSpec } from '../tracking/tracking';
import { Broken, describeFault } from './broken';
import { Downtime, PART_OF } from './downtime';
import { MOST_PAGES_WITH_WRITES, rangesOf, stepEvent, type EventLog } from './event-log';
import type { History } from './history';
import { Mirror } from './mirror';
import { PageService } from './page-service';
import { Recorder } from './recorder';
import { Sent } from './sent';
import { SourceTime } from './source-time';
import type { EngineStep } from './step';

/**
 * A migration under way: what the verbs of a strategy do to the guest and the link, and what that costs.
 *
 * Guest writes and page transmissions happen in the exact order of their virtual times. At equal times the guest's
 * write comes first; at the destination, a page's arrival comes before a touch of it.
 */
export class Run {
  readonly wire: Wire;
  readonly memory: Memory;
  readonly recorder: Recorder;
  readonly source: SourceGuest;
  /** How time passes there before the hand-over. */
  readonly time: SourceTime;
  readonly encoders: Encoders | undefined;
  readonly tracking: TrackingSpec;
  /** The copy of the disk, if the disk is not shared. */
  readonly mirror: Mirror | undefined;
  readonly findings: Finding[] = [];
  readonly sent = new Sent();
  readonly downtime = new Downtime();
  /** The pages that a running destination asks for and is pushed; undefined before the hand-over. */
  service: PageService | undefined;
  now = 0;
  stateBytesSent = 0;
  /** CPU seconds of the migration thread to read the dirty bitmap. */
  syncCpuSeconds = 0;
  syncs = 0;
  /** Guest work lost to tracking, in seconds of the undisturbed guest. */
  trackingLostSeconds = 0;
  /** Guest work lost to swapping for a balloon, in seconds of the undisturbed guest. */
  balloonStallSeconds = 0;
  pausedAt: number | undefined;
  resumedAt: number | undefined;
  /** Since when the network knows that the guest runs at the destination. */
  announcedAt: number | undefined;
  /** When the state was captured, and whether the guest ran on after that. */
  stateSent: { at: number; paused: boolean } | undefined;
  abortReason: string | undefined;
  broken: { outcome: 'failed' | 'lost'; message: string } | undefined;
  readonly #uplink: Uplink;
  readonly #writes: Touches;
  readonly #reads: Touches;
  readonly #maxTouches: number;
  #unsent: () => Pages;
  #owedSeconds = 0;
  /** When the source told the destination to go on. */
  #orderedAt = 0;

  constructor(
    readonly scenario: Scenario,
    /** The page whose history is wanted. */
    readonly history?: History,
    /** How many writes, and how many reads, may be followed one by one. */
    maxTouches = Infinity,
    /** Who wants to be told what happens. */
    readonly log?: EventLog,
  ) {
    const { guest, seed, ideal, stream } = scenario;
    this.#maxTouches = maxTouches;
    this.wire = wireOf(scenario);
    this.#uplink = new Uplink(this.wire.bytesPerSecond, ideal ? 0 : (scenario.link.queueBytes ?? 0));
    this.memory = new Memory(guest, ideal);
    this.recorder = new Recorder(bytesOf(Pages.all(guest.pages), this.wire, this.memory) / this.wire.bytesPerSecond);
    this.tracking = ideal ? MECHANISMS.none : (scenario.tracking ?? MECHANISMS.none);
    this.#writes = new Touches(guest, 'writes', seed, 1, maxTouches);
    this.#reads = new Touches(guest, 'reads', seed, 2, maxTouches);
    if (scenario.storage && scenario.storage.bytes > 0 && !ideal) this.mirror = new Mirror(scenario.storage);
    let content: Content | undefined;
    if (!ideal && stream && stream.encodings.length > 0) {
      content = contentOf(guest, seed);
      this.encoders = new Encoders(stream.encodings, content, stream.channels ?? 1, this.wire.headerBytes);
    }
    const lost = (seconds: number, by: StallCause) => {
      if (by === 'tracking') this.trackingLostSeconds += seconds;
      else this.balloonStallSeconds += seconds;
      this.recorder.lost(seconds);
    };
    const costs = { tracking: this.tracking, lost };
    const writesToo = log && guest.pages <= MOST_PAGES_WITH_WRITES;
    const told = (page: Page, at: number) => {
      if (history?.page === page) history.written = at;
      if (writesToo) log({ seconds: at, event: 'write', page });
    };
    const { vcpus, writers = vcpus } = guest;
    const onlooker = history || writesToo ? told : undefined;
    this.source = new SourceGuest(this.memory, this.#writes, writers, vcpus, costs, content, onlooker);
    const device = deviceOf(scenario, maxTouches, (page, at) => {
      this.source.writtenByDevice(page, guest.deviceTracked ?? false);
      if (history?.page === page) history[guest.deviceTracked ? 'written' : 'writtenByDevice'] = at;
    });
    this.time = new SourceTime(this.source, this.recorder, device, scenario.faults?.[0]);
    this.#unsent = () => Pages.none(guest.pages);
  }

  get stateBytes(): number {
    return this.scenario.ideal ? 0 : this.scenario.guest.stateBytes;
  }

  /** Bytes per second at which pages leave the source: what the mirror leaves, or less if the source holds itself back. */
  get rate(): number {
    const mirrored = this.mirror === undefined ? 0 : this.mirror.rate(this.time.meanSpeed);
    return Math.min(this.wire.bytesPerSecond - mirrored, this.#uplink.limit);
  }

  /** The pages that the last send left, because of its bounds. */
  get unsent(): Pages {
    return this.#unsent();
  }

  /** Lets virtual time pass until the step is over. */
  perform(step: EngineStep): void {
    this.#payForTracking();
    // What is sent by a step that may send nothing, another one sends in its place (see `intercept`).
    const log = step.options?.bytes === 0 ? undefined : this.log;
    log?.(stepEvent(step, this.now, this.stateBytes));
    const before = { transmissions: this.transmissions, bytes: this.bytes };
    if (this.pausedAt === undefined || this.service) this.#do(step);
    else this.downtime.during(PART_OF[step.kind], this, () => this.#do(step));
    if (log && step.kind === 'send') {
      log({
        seconds: this.now,
        event: 'sent',
        transmissions: this.transmissions - before.transmissions,
        bytes: this.bytes - before.bytes,
        unsent: rangesOf(this.unsent),
      });
    }
  }

  #do(step: EngineStep): void {
    if (step.kind === 'wait') this.#wait(this.now + step.seconds);
    else if (step.kind === 'sendState') this.#sendState();
    else if (step.kind === 'mirrorStorage') this.#mirrorStorage();
    else if (this.service) this.#push(step, this.service);
    else this.#send(step);
  }

  /** Page transmissions so far, however encoded, and their bytes. */
  get transmissions(): number {
    const encoded = Object.values(this.encoders?.taken ?? {}).reduce((sum, pages) => sum + pages, 0);
    const [before, after] = [this.sent, this.service];
    return before.fullPages + before.zeroPages + encoded + (after ? after.fullPages + after.zeroPages : 0);
  }

  /** Bytes of pages that have been sent so far. */
  get bytes(): number {
    return this.sent.pageBytes + (this.service?.bytes ?? 0);
  }

  takeDirty(): Pages {
    if (this.pausedAt === undefined) this.sent.endRound(this.now, this.memory.dirtyCount);
    this.syncs++;
    const { scanSecondsPerPage, readSecondsPerDirtyPage, flushSeconds, clearChunkPages } = this.tracking;
    const dirty = this.memory.takeDirty();
    this.#owedSeconds += this.memory.pageCount * scanSecondsPerPage + dirty.size * readSecondsPerDirtyPage;
    if (clearChunkPages > 0) this.memory.leaveUnprotected(dirty, clearChunkPages);
    else this.source.stallAll(flushSeconds, 'tracking', this.now);
    this.encoders?.synced();
    return dirty;
  }

  discard(pages: Pages): void {
    this.recorder.enter(this.now);
    this.recorder.add(0, 0, 0, this.memory.discard(pages));
    this.encoders?.discarded(pages);
  }

  /** The destination needs no copy of these pages. */
  release(pages: Pages): void {
    this.recorder.enter(this.now);
    this.recorder.add(0, this.memory.release(pages), 0, 0);
  }

  setRateLimit(bytesPerSecond: number): void {
    this.#uplink.limit = bytesPerSecond;
  }

  setThrottle(fraction: number, options: ThrottleOptions): void {
    this.time.throttle(fraction, options, this.now);
  }

  pause(): void {
    this.#payForTracking(); // the guest runs while its bitmap is read
    this.time.pause(this.now);
    this.pausedAt = this.now;
    this.mirror?.book(this.source.workAt(this.now));
    const inFlightSeconds = this.scenario.ideal ? 0 : (this.scenario.storage?.inFlightSeconds ?? 0);
    if (inFlightSeconds > 0) this.downtime.during('storageSeconds', this, () => this.#wait(this.now + inFlightSeconds));
    // A strategy that never reads the bitmap again still had a last round.
    this.sent.endRound(this.now, this.memory.dirtyCount);
  }

  /** The guest goes on at the source. */
  abort(reason: string): void {
    this.abortReason = reason;
    this.time.giveUp(this.now);
  }

  /** The guest gives up so many pages. Returns how many of them were in use. */
  balloon(pages: number): number {
    return inflateBalloon(pages, this.memory, this.source, this.now);
  }

  /** The pages that the guest has touched last, at most `count`. */
  recentlyUsed(count: number): Pages {
    this.#writes.remember();
    this.#reads.remember();
    this.#reads.skipTo(this.source.readersWorkAt(this.now));
    return Pages.of(this.scenario.guest.pages, recentlyUsed([this.#writes, this.#reads], count));
  }

  /** The order to go on travels behind everything that was sent. */
  resumeAtDestination(): void {
    const { scenario, source } = this;
    this.#payForTracking();
    if (this.#uplink.drainedAt > this.now) {
      this.downtime.book('queueSeconds', this.#uplink.drainedAt - this.now);
      this.now = this.#uplink.drainedAt;
    }
    this.#orderedAt = this.now;
    this.resumedAt = this.now + this.wire.latency;
    this.downtime.parts.latencySeconds = this.wire.latency;
    this.encoders?.resumed(wireOf(scenario, { handedOver: true }).headerBytes);
    const vcpus = vcpusOf(scenario, source.workAt(this.now), source.readersWorkAt(this.now), this.#maxTouches);
    this.service = new PageService(scenario, this.memory, vcpus, this.resumedAt, this.recorder, this.encoders, this.log);
  }

  /** The destination tells the network where the guest is. */
  announce(): void {
    this.announcedAt ??= Math.max(this.now, this.resumedAt!);
  }

  /** Something broke, and the migration with it. */
  breakDown({ outcome, seconds, message }: Broken): void {
    this.now = Math.max(this.now, seconds);
    this.broken = { outcome, message };
    if (outcome === 'lost' || this.resumedAt === undefined) return;
    // The order to go on never arrived.
    this.downtime.parts.latencySeconds = this.now - this.#orderedAt;
    this.resumedAt = undefined;
  }

  /** The run is over; `totalSeconds` is how long the migration took. */
  finish(totalSeconds: number): void {
    if (this.service) this.service.guest.finish(totalSeconds);
    else {
      this.time.account(this.now);
      this.source.endStall(this.now);
    }
    if (this.pausedAt === undefined) this.sent.endRound(this.now, this.memory.dirtyCount);
    this.mirror?.book(this.source.workAt(this.now));
  }

  /** The migration thread is busy reading the dirty bitmap: the step that follows starts later. */
  #payForTracking(): void {
    const seconds = this.#owedSeconds;
    if (seconds === 0) return;
    this.#owedSeconds = 0;
    this.syncCpuSeconds += seconds;
    const wait = () => this.#wait(this.now + seconds);
    if (this.pausedAt === undefined || this.service) wait();
    else this.downtime.during('trackingSeconds', this, wait);
  }

  #mirrorStorage(): void {
    const { mirror, source } = this;
    if (!mirror || mirror.ready) return;
    const start = this.now;
    try {
      this.#wait(start + mirror.secondsToCatchUp(this.wire.bytesPerSecond, this.time.meanSpeed));
    } finally {
      mirror.bytes = (this.now - start) * this.wire.bytesPerSecond;
    }
    mirror.caughtUp(source.workAt(this.now));
  }

  #send({ pages, options }: EngineStep): void {
    const { history, memory, source, tracking } = this;
    // A page holds what it held when the socket took it; the first ones are taken at once.
    const start = this.#uplink.startOf(this.now);
    const bounds = options?.seconds === undefined ? options : { ...options, seconds: options.seconds + (this.now - start) };
    const onlooker: Onlooker = {
      watch: history && { page: history.page, sent: (at) => (history.sent = Math.max(at, this.now)) },
      entered:
        tracking.clearChunkPages === 0
          ? undefined
          : (word, at) => {
              if (memory.protect(word)) source.stallAll(tracking.flushSeconds, 'tracking', at);
            },
    };
    const transmission = new Transmission(start, pages!, memory, this.wire, this.rate, bounds, onlooker, this.encoders);
    this.#pass(transmission, transmission);
    this.#uplink.tookUntil(transmission.end);
    this.now = Math.max(this.now, transmission.end);
    this.#book(transmission);
  }

  /** What has been sent counts, whether the step came to its end or something broke. */
  #book(transmission: Transmission): void {
    this.#unsent = () => transmission.unsent();
    this.sent.add(transmission, this.pausedAt !== undefined);
  }

  #push({ pages, options }: EngineStep, service: PageService): void {
    this.now = service.push(pages!, this.now, options);
    const unsent = service.unsent;
    this.#unsent = () => unsent;
  }

  #sendState(): void {
    this.stateSent = { at: this.now, paused: this.pausedAt !== undefined };
    const { bytesPerSecond } = this.wire;
    const end = this.#uplink.send(this.now, this.stateBytes / bytesPerSecond);
    try {
      if (!this.service) this.#pass({ end, done: true });
      this.now = end;
    } finally {
      // If something broke, the last of it never went.
      this.stateBytesSent += Math.max(0, this.stateBytes - Math.ceil((end - this.now) * bytesPerSecond));
    }
  }

  #wait(until: number): void {
    if (this.service) this.service.serve(this.now, until);
    else this.#pass({ end: until, done: true });
    this.now = until;
  }

  /** Time passes at the source until whatever is going on has ended. */
  #pass(until: { readonly end: number; readonly done: boolean }, transmission?: Transmission): void {
    const brokenAt = this.time.pass(this.now, until, transmission);
    if (brokenAt === undefined) return;
    this.now = Math.max(this.now, brokenAt);
    if (transmission) this.#book(transmission);
    const broken = new Broken('failed', this.now, `${describeFault(this.scenario.faults![0]!)} The guest goes on at the source.`);
    this.breakDown(broken); // whoever catches it: time also passes within verbs
    throw broken;
  }
}
