import type { Guest, Link, Migration, Page, PageSet, SendOptions, Step, ThrottleOptions } from '../api';
import { secondsOf } from '../network/estimate';
import { Pages, pagesOf } from '../pages/pages';
import type { Finding } from '../report';
import { PAGE_SIZE } from '../scenario';
import { isAtLeast, nameOf, shown } from './argument';
import { rangesOf } from './event-log';
import { at, type SourceLocation } from './history';
import { checkHandOver, checkPush, type Find } from './rules';
import type { Run } from './run';
import { EngineStep } from './step';

/**
 * Thrown at the strategy's own line when it calls a verb that makes no sense there. The finding is recorded already.
 */
export class StrategyFault extends Error {
  override readonly name = 'StrategyFault';
}

/** No step may take longer: more than a day. The engine's work and memory grow with a step's length. */
const LONGEST_STEP_SECONDS = 100_000;
/** The shortest time for which a guest that is throttled by turns runs: a scheduler's tick (assumption). */
const SHORTEST_TURN_SECONDS = 0.001;

/** A step, and when and where in the strategy it was made. */
interface Made {
  readonly step: Step;
  readonly seconds: number;
  readonly where: SourceLocation | undefined;
}

export type Locate = () => SourceLocation | undefined;

/** The strategy's view of a run: checks what it is asked, records what breaks a rule of live migration, and does it. */
export class Verbs implements Migration {
  readonly guest: Guest;
  readonly link: Link;
  readonly downtimeLimit: number;
  readonly maxRounds: number;
  readonly maxBandwidth: number;
  readonly notes: { seconds: number; text: string }[] = [];
  /** The step that was made last, if it was not yielded yet; and older ones that never were. */
  #made: Made | undefined;
  readonly #forgotten = new Map<Step, Made>();

  constructor(
    private readonly run: Run,
    private readonly locate: Locate,
  ) {
    const { pages } = run.scenario.guest;
    const all = Pages.all(pages);
    this.guest = Object.freeze<Guest>({
      pageCount: pages,
      pageSize: PAGE_SIZE,
      stateBytes: run.stateBytes,
      allPages: () => all,
      pages: (numbers) => this.#checked('pages', () => Pages.of(pages, numbers)),
    });
    this.link = Object.freeze<Link>({ bytesPerSecond: run.wire.bytesPerSecond, latency: run.wire.latency });
    this.downtimeLimit = run.scenario.downtimeLimit;
    this.maxRounds = run.scenario.maxRounds;
    this.maxBandwidth = run.scenario.maxBandwidth ?? Infinity;
  }

  get now(): number {
    return this.run.now;
  }

  get pagesSent(): number {
    return this.run.transmissions;
  }

  get bytesSent(): number {
    return this.run.bytes;
  }

  get paused(): boolean {
    return this.run.pausedAt !== undefined;
  }

  get resumed(): boolean {
    return this.run.service !== undefined;
  }

  send(pages: PageSet, options: SendOptions = {}): Step {
    const set = this.#pages('send', pages);
    this.#checkBound('seconds', options.seconds);
    this.#checkBound('bytes', options.bytes);
    return this.#step(new EngineStep('send', set, options));
  }

  unsent(): PageSet {
    return this.run.unsent;
  }

  limitRate(bytesPerSecond: number): void {
    const slowest = (this.guest.pageCount * PAGE_SIZE) / LONGEST_STEP_SECONDS;
    if (!isAtLeast(slowest, bytesPerSecond)) {
      const least = `at least ${Math.ceil(slowest)}, with which the guest's memory takes ${LONGEST_STEP_SECONDS} s`;
      this.#refuse(`limitRate(${shown(bytesPerSecond)}): limitRate() takes bytes per second, ${least}.`);
    }
    this.run.setRateLimit(bytesPerSecond);
    this.run.log?.({ seconds: this.now, event: 'limitRate', bytesPerSecond });
  }

  sendState(): Step {
    return this.#step(new EngineStep('sendState'));
  }

  mirrorStorage(): Step {
    const { mirror, wire, source, scenario } = this.run;
    if (mirror && this.paused) {
      this.#refuse('mirrorStorage() while the guest is paused: downtime would last as long as the copy of a whole disk.');
    }
    if (mirror && mirror.secondsToCatchUp(wire.bytesPerSecond, source.speed) === Infinity) {
      const rate = `${scenario.storage!.writtenBytesPerSecond / 1e6} MB/s`;
      this.#refuse(`mirrorStorage(): the guest writes its disk at ${rate}, no slower than the link: the copy never catches up.`);
    }
    return this.#step(new EngineStep('mirrorStorage'));
  }

  wait(seconds: number): Step {
    if (!isAtLeast(0, seconds) || seconds > LONGEST_STEP_SECONDS) {
      this.#refuse(`wait(${shown(seconds)}): wait() takes seconds, 0 to ${LONGEST_STEP_SECONDS}.`);
    }
    return this.#step(new EngineStep('wait', undefined, undefined, seconds));
  }

  syncDirty(): PageSet {
    const { run } = this;
    if (run.history && (run.memory.dirtyWord(run.history.page >>> 5) >>> run.history.page) & 1) {
      run.history.synced = { seconds: run.now, where: this.locate() };
    }
    const dirty = run.takeDirty();
    run.log?.({ seconds: run.now, event: 'syncDirty', pages: rangesOf(dirty), count: dirty.size });
    return dirty;
  }

  peekDirty(): PageSet {
    return this.run.memory.peekDirty();
  }

  secondsToSend(pages: PageSet): number {
    const { wire, memory, rate } = this.run;
    return secondsOf(this.#pages('secondsToSend', pages), wire, memory, rate);
  }

  pause(): void {
    this.#refuseAfterAbort('pause');
    if (this.run.service) {
      this.#refuse(
        'pause() after the hand-over: the guest runs at the destination, and only its first stop counts as downtime.',
      );
    }
    if (this.run.pausedAt !== undefined) this.#refuse('pause() twice: the guest is paused already.');
    this.run.pause();
    this.run.log?.({ seconds: this.now, event: 'pause' });
  }

  resumeAtDestination(): void {
    const { run } = this;
    this.#refuseAfterAbort('resumeAtDestination');
    if (run.service) this.#refuse('resumeAtDestination() twice: the guest runs at the destination already.');
    if (run.pausedAt === undefined) {
      this.#find('two-copies-running', 'The guest was resumed at the destination while it still ran at the source.');
      run.pause();
    }
    run.memory.missReleased();
    checkHandOver(run, this.#find);
    run.resumeAtDestination();
    run.log?.({ seconds: run.now, event: 'resume', runsAtSeconds: run.resumedAt! });
  }

  missing(): PageSet {
    this.run.memory.missReleased();
    return this.run.memory.missing.snapshot();
  }

  discard(pages: PageSet): void {
    const set = this.#pages('discard', pages);
    if (this.run.service) {
      this.#refuse('discard() after the hand-over: it would throw away what the guest has written at the destination.');
    }
    this.run.discard(set);
    this.#tellSet('discard', set);
  }

  faults(): readonly Page[] {
    return this.run.service?.guest.heardBy(this.now) ?? [];
  }

  recentlyUsed(count: number): PageSet {
    if (this.run.service) this.#refuse('recentlyUsed() after the hand-over: the accessed bits are at the source.');
    return this.run.recentlyUsed(count);
  }

  freePages(): PageSet {
    return this.run.memory.pagesThatAre('free');
  }

  release(pages: PageSet): void {
    const set = this.#pages('release', pages);
    if (this.run.service) {
      this.#refuse('release() after the hand-over: the destination would wait for ever for a page that it has asked for.');
    }
    const used = set.minus(this.run.memory.pagesThatAre('free'));
    if (used.size > 0) {
      this.#refuse(
        `release(): page 0x${used.lowest.toString(16)} is in use: only free pages may be left out, such as freePages() gives.`,
      );
    }
    this.run.release(set);
    this.#tellSet('release', set);
  }

  balloon(pages: number): number {
    if (this.paused) this.#refuse('balloon() while the guest is paused: its balloon driver does not run.');
    if (!isAtLeast(0, pages) || pages > this.guest.pageCount) {
      this.#refuse(`balloon(${shown(pages)}): balloon() takes a number of pages, 0 to ${this.guest.pageCount}.`);
    }
    const inUse = this.run.balloon(Math.floor(pages));
    this.run.log?.({ seconds: this.now, event: 'balloon', count: Math.floor(pages), inUse });
    return inUse;
  }

  throttle(fraction: number, options: ThrottleOptions = {}): void {
    if (!isAtLeast(0, fraction) || fraction > 0.99) {
      this.#refuse(`throttle(${shown(fraction)}): throttle() takes the fraction of CPU time to take away, 0 to 0.99.`);
    }
    const { runSeconds = 0 } = options;
    if (runSeconds !== 0 && !isAtLeast(SHORTEST_TURN_SECONDS, runSeconds)) {
      this.#refuse(
        `throttle(…, { runSeconds: ${shown(runSeconds)} }): the guest must run for at least ${SHORTEST_TURN_SECONDS} s at a time.`,
      );
    }
    this.run.setThrottle(fraction, options);
    this.run.log?.({ seconds: this.now, event: 'throttle', fraction });
  }

  announce(): void {
    if (!this.resumed) {
      this.#refuse('announce() before the hand-over: frames would go to a host where the guest does not run.');
    }
    this.run.announce();
    this.run.log?.({ seconds: this.now, event: 'announce' });
  }

  note(text: string): void {
    const note = { seconds: this.run.now, text: String(text).slice(0, 200) };
    if (this.notes.length < 1000) this.notes.push(note);
    this.run.log?.({ event: 'note', ...note });
  }

  abort(reason: string): void {
    this.#refuseAfterAbort('abort');
    if (this.run.service) {
      this.#refuse(
        'abort() after the hand-over: the newest memory is at the destination, so the guest cannot go back.',
      );
    }
    this.run.abort(String(reason));
    this.run.log?.({ seconds: this.now, event: 'abort', text: String(reason) });
  }

  /** The strategy yielded `value`: the step, if it is one and may be done now. */
  yielded(value: unknown): EngineStep | undefined {
    if (!(value instanceof EngineStep)) {
      this.#find(
        'bad-yield',
        `The strategy yielded ${nameOf(value)}, which is not a step. Yield what m.send(), m.sendState(), m.mirrorStorage() or m.wait() returns.`,
      );
      return undefined;
    }
    if (value === this.#made?.step) this.#made = undefined;
    else this.#forgotten.delete(value);
    if (value.kind === 'send' && this.run.service) checkPush(this.run, value.pages!, this.#find);
    return value;
  }

  /** Steps that were made but never happened. */
  unyielded(): Finding[] {
    const made = [...this.#forgotten.values(), ...(this.#made ? [this.#made] : [])];
    return made.map(({ step: { kind }, seconds, where }) => ({
      kind: 'not-yielded',
      message: `m.${kind}(…) was called at ${at(seconds)} but its result was not yielded, so it never happened. Write: yield m.${kind}(…)`,
      seconds,
      ...where,
    }));
  }

  #refuseAfterAbort(verb: string): void {
    if (this.run.abortReason !== undefined) {
      this.#refuse(`${verb}() after abort(): the migration was given up, and the guest goes on at the source.`);
    }
  }

  #checkBound(bound: 'seconds' | 'bytes', value: number | undefined): void {
    if (value === undefined || isAtLeast(0, value)) return;
    this.#refuse(`send(…, { ${bound}: ${shown(value)} }): the bound must be a number, 0 or more.`);
  }

  #step(step: EngineStep): EngineStep {
    if (this.#made) this.#forgotten.set(this.#made.step, this.#made);
    this.#made = { step, seconds: this.run.now, where: this.locate() };
    return step;
  }

  #tellSet(event: 'discard' | 'release', set: Pages): void {
    this.run.log?.({ seconds: this.now, event, pages: rangesOf(set), count: set.size });
  }

  readonly #find: Find = (kind, message, page, pages) => {
    const { findings, history, now } = this.run;
    if (findings.some((finding) => finding.kind === kind)) return;
    const finding: Finding = { kind, message, seconds: now, page, pages, ...this.locate() };
    if (kind === 'stale-page' && history?.page === page) {
      const { because, where } = history!.explain();
      Object.assign(finding, { because }, where);
    }
    findings.push(finding);
  };

  #pages(verb: string, pages: PageSet): Pages {
    // Not every step makes a function of it: a push may take a step for each page.
    if (pages instanceof Pages && pages.pageCount === this.guest.pageCount) return pages;
    return this.#checked(verb, () => pagesOf(pages, this.guest.pageCount));
  }

  #checked<T>(verb: string, compute: () => T): T {
    try {
      return compute();
    } catch (error) {
      return this.#refuse(`${verb}(): ${(error as Error).message}`);
    }
  }

  #refuse(message: string): never {
    this.#find('bad-call', message);
    throw new StrategyFault(message);
  }
}
