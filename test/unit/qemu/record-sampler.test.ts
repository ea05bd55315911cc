import { expect } from 'chai';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Qmp } from '../../../src/qemu/qmp';
import { PAGE_BYTES } from '../../../src/qemu/record/attributes';
import type { GuestClock } from '../../../src/qemu/record/guest-clock';
import { Sampler, type TimedSample } from '../../../src/qemu/record/sampler';

const PAGES = 16;
const TICKS_PER_SECOND = 250;

/**
 * A guest whose time passes while somebody looks at its clock: `pace` ticks a look. Every tick it writes into the page of
 * that number. One moment between `cont` and `stop` is one tick.
 */
class FakeGuest {
  now = 100;
  isRunning = true;
  readonly file: number;
  #moment = false;

  constructor(
    path: string,
    private readonly pace: number,
  ) {
    this.file = openSync(path, 'w+');
    writeSync(this.file, Buffer.alloc(PAGES * PAGE_BYTES), 0, PAGES * PAGE_BYTES, 0);
  }

  readonly qmp = {
    execute: (command: 'cont' | 'stop') => {
      if (command === 'stop' && this.#moment) this.#pass(1);
      this.#moment = this.isRunning = command === 'cont';
      return Promise.resolve({});
    },
  } as unknown as Qmp;

  readonly clock = {
    ticks: () => {
      if (this.isRunning) this.#pass(this.pace);
      this.#moment = false;
      return this.now;
    },
    ticksIn: (seconds: number) => Math.round(seconds * TICKS_PER_SECOND),
  } as unknown as GuestClock;

  #pass(ticks: number): void {
    for (let i = 0; i < ticks; i++) writeSync(this.file, Uint8Array.of(++this.now & 0xff), 0, 1, (this.now % PAGES) * PAGE_BYTES);
  }
}

describe('the sampler', () => {
  let folder: string;
  let guest: FakeGuest;

  before(() => (folder = mkdtempSync(join(tmpdir(), 'vmlab-test-'))));
  afterEach(() => closeSync(guest.file));
  after(() => rmSync(folder, { recursive: true }));

  async function sampled(pace: number, count: number, ticks: number, signal?: AbortSignal) {
    guest = new FakeGuest(join(folder, `memory-${pace}`), pace);
    const { qmp, clock, file } = guest;
    const sampler = new Sampler({ qmp, clock, memory: file, memoryBytes: PAGES * PAGE_BYTES, signal });
    const start = await sampler.start(110);
    const samples: TimedSample[] = [];
    for await (const sample of sampler.samples(count, ticks)) samples.push(sample);
    return { start, samples, end: sampler.end() };
  }

  it('stops a guest at the wanted ticks, and finds just the pages that each interval wrote', async () => {
    const { start, samples, end } = await sampled(1, 6, 5);
    expect(guest.isRunning).to.equal(false);
    expect(guest.now).to.equal(110 + 6 * 5);
    expect(start.hashes.filter((hash) => hash !== 0)).to.have.length(10);
    samples.forEach(({ sample, ticks }, i) => {
      expect(ticks).to.equal(5);
      const written = [1, 2, 3, 4, 5].map((tick) => (110 + 5 * i + tick) % PAGES).sort((a, b) => a - b);
      expect([...sample.pages], `sample ${i}`).to.deep.equal(written);
    });
    const last = samples.at(-1)!.sample;
    last.pages.forEach((page, k) => expect(end.hashes[page]).to.equal(last.hashes[k]));
  });

  it('is late once where looks at the clock are rare, and from then on exact', async () => {
    const { samples } = await sampled(10, 6, 25);
    expect(samples[0]!.ticks).to.be.above(25);
    expect(samples.slice(1).map(({ ticks }) => ticks)).to.deep.equal([25, 25, 25, 25, 25]);
  });

  it('ends at once when it is told to', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    let error: unknown;
    await sampled(1, 1, 5, abort.signal).catch((reason: unknown) => (error = reason));
    expect(error).to.equal(abort.signal.reason);
  });
});
