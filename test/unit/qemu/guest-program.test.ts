import { expect } from 'chai';
import fc from 'fast-check';
import { guestImage, WINDOW_START, type GuestProgram } from '../../../src/qemu/guest/program';
import { countersAfter, replay } from '../../../src/qemu/guest/replay';

const MIB = 0x10_0000;

const program = (changes: Partial<GuestProgram> = {}): GuestProgram => ({
  memoryBytes: 16 * MIB, writesPerSecond: 1000, pattern: 'random', workingSetPages: 1000, zeroFraction: 0, seed: 1,
  debtCapSeconds: 0.002, ...changes,
});

describe('the guest program', () => {
  it('is a multiboot kernel that is loaded as a flat binary', () => {
    const image = guestImage(program());
    const view = new DataView(image.buffer);
    const word = (index: number): number => view.getUint32(4 * index, true);
    expect(word(0)).to.equal(0x1badb002);
    expect(word(1) & 0x1_0000, 'the header has addresses').to.not.equal(0);
    expect((word(0) + word(1) + word(2)) >>> 0).to.equal(0);
    expect([word(3), word(4), word(5), word(6)]).to.deep.equal([MIB, MIB, 0, 0]);
    const entry = word(7) - MIB;
    expect(image[entry], 'cli comes first').to.equal(0xfa);
    expect(image.length).to.be.lessThan(WINDOW_START - MIB - 4096);
  });

  it('is the same for the same figures, and another for others', () => {
    expect(guestImage(program())).to.deep.equal(guestImage(program()));
    for (const other of [{ seed: 2 }, { writesPerSecond: 1001 }, { workingSetPages: 999 }, { debtCapSeconds: 0.01 }]) {
      expect(guestImage(program(other))).to.not.deep.equal(guestImage(program()));
    }
  });

  for (const [what, changes, says] of [
    ['memory that is no multiple of 1 MiB', { memoryBytes: 16 * MIB + 4096 }, 'multiple of 1 MiB'],
    ['memory that 32 bits do not reach', { memoryBytes: 3073 * MIB }, '3 GiB'],
    ['a working set that is larger than the memory', { workingSetPages: 14 * 256 + 1 }, '1 to 3584 pages, not 3585'],
    ['a fraction above 1', { zeroFraction: 1.1 }, '0 to 1, not 1.1'],
    ['a negative rate', { writesPerSecond: -1 }, 'not -1'],
    ['a write of more than a page', { deltaBytes: 4093 }, '1 to 4092 bytes'],
    ['a negative debt', { debtCapSeconds: -0.1 }, 'not negative'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => guestImage(program(changes))).to.throw(RangeError, says);
    });
  }
});

describe('the writes of the guest, replayed', () => {
  const first = (count: number, changes: Partial<GuestProgram>): number[] => {
    const pages: number[] = [];
    for (const page of replay(program(changes))) if (pages.push(page) >= count) break;
    return pages;
  };

  it('walk through the window in order, and round', () => {
    expect(first(7, { pattern: 'sequential', workingSetPages: 3 })).to.deep.equal([0, 1, 2, 0, 1, 2, 0]);
    expect(first(7, { pattern: 'once', workingSetPages: 3 })).to.deep.equal([0, 1, 2]);
  });

  it('meet every page of a linear walk before one comes again', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), (workingSetPages) => {
      expect(new Set(first(workingSetPages, { pattern: 'linear', workingSetPages })).size).to.equal(workingSetPages);
    }));
  });

  it('spread random writes evenly over windows of any size', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 0, max: 0xffff_ffff }), (pages, seed) => {
      const each = 2000;
      const counters = countersAfter(program({ workingSetPages: pages, seed }), each * pages);
      // The spread of a count is √(each · (1 − 1/pages)); six of them are passed once in 5 · 10⁸ counts.
      for (const count of counters) expect(Math.abs(count - each)).to.be.lessThan(6 * Math.sqrt(each));
    }));
  });

  it('give nine of ten writes to the first tenth, and every page its part of the rest', () => {
    const counters = countersAfter(program({ pattern: 'hot-cold', workingSetPages: 1000 }), 1_000_000);
    const hot = counters.slice(0, 100).reduce((sum, count) => sum + count, 0);
    expect(hot / 1_000_000).to.be.closeTo(0.9, 0.002);
    for (const count of counters.slice(0, 100)) expect(count).to.be.closeTo(9000, 600);
    for (const count of counters.slice(100)) expect(count).to.be.closeTo(111, 70);
  });
});
