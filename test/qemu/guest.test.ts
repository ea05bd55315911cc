import { expect } from 'chai';
import type { Heartbeat } from '../../src/qemu/guest/heartbeat';
import { COUNTER_OFFSET, WINDOW_START, WRITTEN_ADDRESS, type GuestProgram } from '../../src/qemu/guest/program';
import { countersAfter } from '../../src/qemu/guest/replay';
import { GuestMachine, whyNoQemu } from './guest-machine';

const MIB = 0x10_0000;
const PAGE = 4096;
const FIRST = WINDOW_START / PAGE;

const program = (changes: Partial<GuestProgram> = {}): GuestProgram => ({
  memoryBytes: 32 * MIB, writesPerSecond: 1000 * RATE, pattern: 'random', workingSetPages: 3001, zeroFraction: 0.25, seed: 7,
  debtCapSeconds: 10, ...changes,
});

const counter = (memory: Buffer, page: number): number => memory.readUInt32LE(page * PAGE + COUNTER_OFFSET);
const counters = (memory: Buffer, pages: number): number[] =>
  Array.from({ length: pages }, (_, page) => counter(memory, FIRST + page));
const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((all, count) => all + count, 0);
const zeros = Buffer.alloc(PAGE);
const isZero = (memory: Buffer, page: number): boolean =>
  memory.compare(zeros, 0, PAGE, page * PAGE, (page + 1) * PAGE) === 0;

/** How long the guest has worked by its own clock, which a busy host does not hurry. */
const worked = (milliseconds: number) => (heartbeat: Heartbeat) =>
  (heartbeat.beats.at(-1)?.guestMilliseconds ?? 0) >= milliseconds;

/** Pages that `program` asks for in a millisecond, and what of that may be missing or too much. */
const RATE = 30;
const TOLERANCE = 0.5;
/** Whoever has not made up for the stalls of its host by then never will: milliseconds. */
const PATIENCE = 60_000;

/** Pages in a millisecond, at the best moment from then on: at any other a busy host may just have kept the guest from some. */
const rateFrom = (milliseconds: number, { beats }: Heartbeat): number =>
  Math.max(...beats.filter((beat) => beat.guestMilliseconds >= milliseconds).map((beat) => beat.pagesWritten / beat.guestMilliseconds));

/** Has worked for so long, and owed no write at some moment since. */
const keptUp = (milliseconds: number) => (heartbeat: Heartbeat) =>
  rateFrom(milliseconds, heartbeat) >= RATE - TOLERANCE || worked(PATIENCE)(heartbeat);

/** Lets a guest run until something holds; its heartbeat, and its memory in the end. */
async function run(guest: GuestProgram, until: (heartbeat: Heartbeat) => boolean): Promise<{ heartbeat: Heartbeat; memory: Buffer }> {
  const machine = new GuestMachine(guest);
  try {
    await machine.until(until);
    return { heartbeat: machine.heartbeat, memory: await machine.end() };
  } finally {
    await machine[Symbol.asyncDispose]();
  }
}

describe('the guest on real QEMU', function () {
  this.timeout(120_000);

  before(function () {
    const reason = whyNoQemu();
    if (reason !== undefined) {
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
  });

  for (const pattern of ['random', 'sequential', 'linear', 'hot-cold'] as const) {
    it(`writes ${pattern} pages at the rate that was asked for, in the window and nowhere else`, async () => {
      const guest = program({ pattern });
      const { heartbeat, memory } = await run(guest, keptUp(1500));
      expect(heartbeat.damaged).to.equal(0);
      expect(rateFrom(1500, heartbeat)).to.be.closeTo(RATE, TOLERANCE);

      const written = memory.readUInt32LE(WRITTEN_ADDRESS);
      expect(written).to.be.at.least(heartbeat.pagesWritten);
      const found = counters(memory, guest.workingSetPages);
      // QEMU was killed in the middle: the count may lag behind the pages by the write that was under way.
      expect(sum(found)).to.be.within(written, written + 1);
      expect(found).to.deep.equal([...countersAfter(guest, sum(found))]);

      const last = (guest.memoryBytes / PAGE) * 0.75;
      for (let page = FIRST + guest.workingSetPages; page < last; page++) expect(counter(memory, page)).to.equal(0);
      if (pattern === 'hot-cold') expect(sum(found.slice(0, 300)) / sum(found)).to.be.closeTo(0.9, 0.01);
    });
  }

  it('leaves exactly the share of zero pages that was asked for', async () => {
    for (const zeroFraction of [0.01, 0.5]) {
      const guest = program({ writesPerSecond: 0, zeroFraction });
      const pages = guest.memoryBytes / PAGE;
      const { heartbeat, memory } = await run(guest, worked(10));
      expect(heartbeat.pagesWritten).to.equal(0);
      const zero = Array.from({ length: pages }, (_, page) => page).filter((page) => isZero(memory, page));
      expect(zero).to.have.length(Math.round(pages * zeroFraction));
      expect(zero.filter((page) => page >= FIRST).every((page, i) => page === pages - (zero.filter((p) => p >= FIRST).length - i)))
        .to.equal(true);
    }
  });

  it('writes each page once, changes as many bytes as it should, and rests', async () => {
    const guest = program({ pattern: 'once', deltaBytes: 99 });
    const once = await run(guest, worked(300));
    const idle = await run({ ...guest, writesPerSecond: 0 }, worked(1));
    expect(once.heartbeat.pagesWritten).to.equal(guest.workingSetPages);
    expect(new Set(counters(once.memory, guest.workingSetPages))).to.deep.equal(new Set([1]));
    const changed = (page: number): number => {
      let bytes = 0;
      for (let i = page * PAGE; i < (page + 1) * PAGE; i++) if (once.memory[i] !== idle.memory[i]) bytes++;
      return bytes;
    };
    for (const page of [0, 1, 1500, guest.workingSetPages - 1]) expect(changed(FIRST + page)).to.equal(99);
    expect(changed(FIRST + guest.workingSetPages)).to.equal(0);
  });

  for (const [debtCapSeconds, does] of [[0.002, 'loses'], [100, 'makes up for']] as const) {
    it(`${does} what it missed while it was held up, with a debt cap of ${debtCapSeconds} s`, async () => {
      const machine = new GuestMachine(program({ debtCapSeconds }));
      let end = 0;
      try {
        await machine.until(worked(100));
        machine.signal('SIGSTOP');
        // Not a wait for something to happen: this is the time that the guest misses.
        await new Promise((resolve) => setTimeout(resolve, 600));
        machine.signal('SIGCONT');
        end = machine.heartbeat.beats.at(-1)!.guestMilliseconds + 1500;
        await machine.until((does === 'loses' ? worked : keptUp)(end));
      } finally {
        await machine[Symbol.asyncDispose]();
      }
      const { beats } = machine.heartbeat;
      const held = beats.findIndex((beat, i) => i > 0 && beat.guestMilliseconds - beats[i - 1].guestMilliseconds > 400);
      expect(held).to.be.greaterThan(0);
      if (does === 'loses') expect(beats[held].pagesWritten - beats[held - 1].pagesWritten).to.be.at.most(2 * 60);
      else expect(rateFrom(end, machine.heartbeat)).to.be.closeTo(RATE, TOLERANCE);
    });
  }
});
