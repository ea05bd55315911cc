import { readSync } from 'node:fs';
import { wait } from '../clock';
import type { Qmp } from '../qmp';
import { compressedUnitsOf, deltaClassBetween, differs, hashOf, PAGE_BYTES, pageOf } from './attributes';
import type { GuestClock } from './guest-clock';
import type { RawContents, RawSample } from './raw-recording';

/** How often the guest's clock is looked at: seconds of the host. */
const POLL_SECONDS = 0.001;
/** Pages that are compared, and whose attributes are found, between two looks at the clock: about a millisecond each. */
const COMPARED_PER_LOOK = 1024;
const FOUND_PER_LOOK = 8;
/**
 * So much earlier a guest is stopped, and then let go in short moments, each time this computer has proved too busy to
 * look at the clock in time. An idle guest's time passes as fast as ours.
 */
const CARE_SECONDS = 0.05;
/** So many moments in which no tick has passed are too short. */
const SHORT_MOMENTS = 20;

export interface SampledMachine {
  readonly qmp: Qmp;
  readonly clock: GuestClock;
  /** File descriptor of the memory file. */
  readonly memory: number;
  readonly memoryBytes: number;
  readonly signal?: AbortSignal;
}

/** A sample, and how many ticks of the guest it took. */
export interface TimedSample {
  readonly sample: RawSample;
  readonly ticks: number;
}

/**
 * Takes samples of a guest's memory at exact times of the guest's own clock: lets it run for so many ticks, stops it,
 * copies its memory, and lets it run again while it compares the copy with the one before. The guest's time stands still
 * while it is stopped.
 */
export class Sampler {
  #before: Buffer;
  #now: Buffer;
  /** How far before its time the guest is stopped, ticks. */
  #early = 0;

  constructor(private readonly machine: SampledMachine) {
    this.#before = Buffer.alloc(machine.memoryBytes);
    this.#now = Buffer.alloc(machine.memoryBytes);
  }

  /** Stops the running guest as soon as its clock says `ticks`, and returns what all of its pages hold. */
  async start(ticks: number): Promise<RawContents> {
    await this.#runTo(ticks);
    await this.machine.qmp.execute('stop');
    this.#copy();
    return contentsOf(this.#now);
  }

  /** `count` samples, `ticks` apart. The guest is stopped before and after. */
  async *samples(count: number, ticks: number): AsyncGenerator<TimedSample> {
    const { qmp, clock } = this.machine;
    let comparison: Generator<void, RawSample> | undefined;
    let taken = 0;
    for (let i = 0; i < count; i++) {
      const from = clock.ticks();
      let sample: RawSample | undefined;
      if (this.#early < ticks) {
        await qmp.execute('cont');
        sample = await this.#runTo(from + ticks - this.#early, comparison);
        await qmp.execute('stop');
      }
      await this.#creepTo(from + ticks);
      if (comparison) yield { sample: sample ?? rest(comparison), ticks: taken };
      taken = clock.ticks() - from;
      if (taken > ticks) this.#early = Math.min(ticks, this.#early + clock.ticksIn(CARE_SECONDS));
      this.#copy();
      comparison = compare(this.#before, this.#now);
    }
    if (comparison) yield { sample: rest(comparison), ticks: taken };
  }

  /** What all pages hold after the last sample that was yielded. */
  end(): RawContents {
    return contentsOf(this.#now);
  }

  /** Waits until the guest's clock says `ticks`, with something to do meanwhile; returns that if it came to its end. */
  async #runTo(ticks: number, work?: Generator<void, RawSample>): Promise<RawSample | undefined> {
    const { clock, signal } = this.machine;
    let sample: RawSample | undefined;
    while (clock.ticks() < ticks) {
      if (work && !sample) {
        const step = work.next();
        if (step.done) sample = step.value;
        signal?.throwIfAborted();
      } else {
        await wait(POLL_SECONDS, signal);
      }
    }
    return sample;
  }

  /** Lets the guest, which is stopped, go for moments until its clock says `ticks`: cont and stop arrive together. */
  async #creepTo(ticks: number): Promise<void> {
    const { qmp, clock, signal } = this.machine;
    let last = clock.ticks();
    for (let idle = 0; last < ticks; idle++) {
      signal?.throwIfAborted();
      const going = qmp.execute('cont');
      if (idle >= SHORT_MOMENTS) await wait(POLL_SECONDS, signal);
      await Promise.all([going, qmp.execute('stop')]);
      const now = clock.ticks();
      if (now > last) idle = 0;
      last = now;
    }
  }

  #copy(): void {
    const { memory, memoryBytes } = this.machine;
    [this.#before, this.#now] = [this.#now, this.#before];
    let at = 0;
    while (at < memoryBytes) at += readSync(memory, this.#now, at, memoryBytes - at, at);
  }
}

/** Finds what became of the pages between two images, in short steps. */
export function* compare(before: Buffer, now: Buffer): Generator<void, RawSample> {
  const pages: number[] = [];
  for (let page = 0; page < now.length / PAGE_BYTES; page++) {
    if (differs(before, now, page)) pages.push(page);
    if (page % COMPARED_PER_LOOK === 0) yield;
  }
  const sample = {
    pages: Int32Array.from(pages),
    hashes: new Float64Array(pages.length),
    compressedUnits: new Uint8Array(pages.length),
    deltaClasses: new Uint8Array(pages.length),
  };
  for (const [k, page] of pages.entries()) {
    const content = pageOf(now, page);
    sample.hashes[k] = hashOf(content);
    sample.compressedUnits[k] = compressedUnitsOf(content);
    sample.deltaClasses[k] = deltaClassBetween(pageOf(before, page), content);
    if (k % FOUND_PER_LOOK === 0) yield;
  }
  return sample;
}

/** What all pages of an image hold. */
export function contentsOf(image: Buffer): RawContents {
  const pages = image.length / PAGE_BYTES;
  const hashes = new Float64Array(pages);
  const compressedUnits = new Uint8Array(pages);
  for (let page = 0; page < pages; page++) {
    const content = pageOf(image, page);
    hashes[page] = hashOf(content);
    compressedUnits[page] = compressedUnitsOf(content);
  }
  return { hashes, compressedUnits };
}

function rest(comparison: Generator<void, RawSample>): RawSample {
  for (;;) {
    const step = comparison.next();
    if (step.done) return step.value;
  }
}
