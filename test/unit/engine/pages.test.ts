import { expect } from 'chai';
import fc from 'fast-check';
import { Pages } from '../../../src/engine';
import { LivePages } from '../../../src/engine/pages/live-pages';
import { lowestBits, popcount } from '../../../src/engine/pages/bits';
import { CHUNK_WORDS } from '../../../src/engine/pages/chunk';

/** Guests that end inside a word, at a word, inside a chunk, at a chunk, and beyond. */
const pageCount = fc.constantFrom(1, 31, 32, 33, 1000, 32_768, 32_769, 70_000);
const withSets = (sets: number) =>
  pageCount.chain((count) =>
    fc.tuple(
      fc.constant(count),
      ...Array.from({ length: sets }, () =>
        fc.oneof(
          fc.uniqueArray(fc.nat(count - 1), { maxLength: 60 }),
          fc.tuple(fc.nat(count), fc.nat(count)).map(([a, b]) => range(Math.min(a, b), Math.max(a, b))),
        ),
      ),
    ),
  );
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const sorted = (pages: Iterable<number>) => [...pages].sort((a, b) => a - b);

describe('a set of pages', () => {
  it('does the algebra of sets', () => {
    fc.assert(
      fc.property(withSets(2), ([count, a, b]) => {
        const [setA, setB] = [Pages.of(count, a!), Pages.of(count, b!)];
        const [inA, inB] = [new Set(a), new Set(b)];
        expect(setA.union(setB).toArray()).to.deep.equal(sorted(new Set([...a!, ...b!])));
        expect(setA.intersect(setB).toArray()).to.deep.equal(sorted(a!.filter((page) => inB.has(page))));
        expect(setA.minus(setB).toArray()).to.deep.equal(sorted(a!.filter((page) => !inB.has(page))));
        expect(setA.size).to.equal(inA.size);
        expect(setA.toArray()).to.deep.equal(sorted(inA));
      }),
      { numRuns: 60 },
    );
  });

  it('knows its first pages, and those nearest to a pivot', () => {
    fc.assert(
      fc.property(withSets(1), fc.nat(70_000), fc.nat(80), ([count, pages], pivot, wanted) => {
        const set = Pages.of(count, pages!);
        expect(set.first(wanted).toArray()).to.deep.equal(sorted(pages!).slice(0, wanted));
        const byDistance = [...pages!].sort((a, b) => Math.abs(a - pivot) - Math.abs(b - pivot) || b - a);
        const nearest = set.nearest(pivot, wanted);
        expect(nearest.toArray()).to.deep.equal(sorted(byDistance.slice(0, wanted)));
        expect(nearest.size).to.equal(Math.min(wanted, pages!.length));
      }),
      { numRuns: 100 },
    );
  });

  /** Numbers of any size, and those at which 32-bit arithmetic would break. */
  const pivots = fc.oneof(
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.double({ min: -10, max: 70_010, noNaN: true }),
    fc.constantFrom(-3e9, 5e9, -5e9, 1e10, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 32 + 5, Number.MAX_VALUE, -Number.MAX_VALUE, -0),
  );
  const counts = fc.oneof(fc.nat(80), fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(Infinity, 1e300, 2 ** 32, 2 ** 31, -0));

  it('takes any finite pivot, and any count from 0 up', () => {
    fc.assert(
      fc.property(withSets(1), pivots, counts, ([count, pages], pivot, wanted) => {
        const set = Pages.of(count, pages!);
        // Beyond 2 ** 53 distances cannot be told apart; but from outside of memory all pages lie on one side.
        const start = Math.min(Math.max(Math.floor(pivot), -1), count);
        const byDistance = [...pages!].sort((a, b) => Math.abs(a - start) - Math.abs(b - start) || b - a);
        const nearest = set.nearest(pivot, wanted);
        expect(nearest.toArray()).to.deep.equal(sorted(byDistance.slice(0, wanted)));
        expect(nearest.size).to.equal(nearest.toArray().length);
        expect(set.first(wanted).toArray()).to.deep.equal(sorted(pages!).slice(0, wanted));
        expect(set.first(wanted).size).to.equal(Math.min(Math.floor(wanted), pages!.length));
      }),
      { numRuns: 200 },
    );
    expect(Pages.of(8000, [1, 500, 7000]).nearest(-3e9, 1).toArray()).to.deep.equal([1]);
    expect(Pages.all(1e5).nearest(5e9, 2).toArray()).to.deep.equal([99_998, 99_999]);
  });

  const REFUSED: [string, (set: Pages) => unknown][] = [
    ['nearest(Infinity, 4)', (set) => set.nearest(Infinity, 4)],
    ['nearest(-Infinity, 4)', (set) => set.nearest(-Infinity, 4)],
    ['nearest(NaN, 4)', (set) => set.nearest(NaN, 4)],
    ['nearest(undefined, 64)', (set) => set.nearest([].at(-1)!, 64)],
    ['nearest("5", 1)', (set) => set.nearest('5' as never, 1)],
    ['nearest(5, -1)', (set) => set.nearest(5, -1)],
    ['nearest(5, NaN)', (set) => set.nearest(5, NaN)],
    ['first(-1)', (set) => set.first(-1)],
    ['first(-Infinity)', (set) => set.first(-Infinity)],
    ['first(NaN)', (set) => set.first(NaN)],
    ['first("2")', (set) => set.first('2' as never)],
    ['between(NaN, 5)', (set) => set.between(NaN, 5)],
    ['between(0, "5")', (set) => set.between(0, '5' as never)],
  ];
  for (const [call, make] of REFUSED) {
    it(`refuses ${call} in one sentence`, () => {
      expect(() => make(Pages.all(100))).to.throw(RangeError, `${call}: ${call.split('(')[0]}() takes `);
    });
  }

  it('holds nothing but pages', () => {
    const all = Pages.all(32_768);
    for (const set of [all, Pages.of(32_768, [0, 5]), all.between(0, 100), new LivePages(all).snapshot()]) {
      expect(set.has(0)).to.equal(true);
      for (const no of [2 ** 32, 2 ** 32 + 5, -(2 ** 32), -1, 0.5, NaN, Infinity, '5', '0', undefined, null, [], true, 5n]) {
        expect(set.has(no as never), String(no)).to.equal(false);
      }
    }
  });

  it('says what it was given instead of pages', () => {
    const of = (pages: unknown) => () => Pages.of(64, pages as number[]);
    expect(of(null)).to.throw(TypeError, 'expected page numbers, such as [0, 1, 2], got null.');
    expect(of(5)).to.throw(TypeError, 'got 5.');
    expect(of({})).to.throw(TypeError, 'got an object.');
    expect(of(['1'])).to.throw(RangeError, '"1" is not a page of this guest');
    const union = (other: unknown) => () => Pages.all(64).union(other as Pages);
    expect(union({})).to.throw(TypeError, 'union(): expected a PageSet, got an object; m.missing(),');
    expect(union([1])).to.throw('got an array;');
    expect(union('all')).to.throw('got "all";');
    expect(union(() => 1)).to.throw('got a function;');
    expect(union(5n)).to.throw('got 5n;');
    expect(union(Object.create(null))).to.throw('got an object;');
  });

  it('holds all pages of a 1 TiB guest in a handful of kilobytes', () => {
    const all = Pages.all(2 ** 28);
    expect(all.size).to.equal(2 ** 28);
    expect(new Set(all.chunks).size).to.equal(1);
    expect(all.minus(Pages.of(2 ** 28, [5])).size).to.equal(2 ** 28 - 1);
  });

  it('refuses a page that the guest does not have', () => {
    for (const page of [-1, 64, 1.5, Number.NaN]) {
      expect(() => Pages.of(64, [page])).to.throw(RangeError, 'its pages are 0 to 63');
    }
  });

  it('gives snapshots that later changes do not reach', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('delete', 'delete many', 'add', 'look'), fc.nat(69_999)), { maxLength: 60 }), (steps) => {
        const live = new LivePages(Pages.all(70_000));
        const model = new Set(range(0, 70_000));
        const snapshots: { taken: Pages; size: number; probe: number; had: boolean }[] = [];
        for (const [what, page] of steps) {
          if (what === 'delete') {
            live.delete(page);
            model.delete(page);
          } else if (what === 'delete many') {
            // So many words lose pages that it does not pay to note each.
            for (let i = 0; i < 700; i++) {
              live.delete((page + 97 * i) % 70_000);
              model.delete((page + 97 * i) % 70_000);
            }
          } else if (what === 'add') {
            live.addAll(Pages.of(70_000, [page]));
            model.add(page);
          } else snapshots.push({ taken: live.snapshot(), size: model.size, probe: page, had: model.has(page) });
          expect(live.size).to.equal(model.size);
          expect(live.has(page)).to.equal(model.has(page));
        }
        for (const { taken, size, probe, had } of snapshots) {
          expect(new Pages(70_000, taken.chunks).size).to.equal(size);
          expect(taken.has(probe)).to.equal(had);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a set that pages are pushed from', () => {
  it('is searched, and loses what it is pushed, as a plain list would', () => {
    const push = fc.record({
      pivot: fc.option(fc.nat(19_999), { nil: undefined }),
      count: fc.integer({ min: 1, max: 80 }),
      /** Pages that go by the way, since somebody asked for them: the set's number so many. */
      asked: fc.array(fc.nat(19_999), { maxLength: 3 }),
      /** Keep the snapshot, to look at it in the end. */
      keep: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(100, 5000, 20_000), fc.array(push, { maxLength: 60 }), (pageCount, pushes) => {
        const live = new LivePages(Pages.all(pageCount));
        let model = range(0, pageCount);
        let pivot = 0;
        const kept: { set: Pages; pages: number[] }[] = [];
        for (const { pivot: moved, count, asked, keep } of pushes) {
          pivot = moved ?? pivot;
          const near = live.snapshot().nearest(pivot, count);
          const byDistance = [...model].sort((a, b) => Math.abs(a - pivot) - Math.abs(b - pivot) || b - a);
          let expected = sorted(byDistance.slice(0, count));
          expect(near.size).to.equal(expected.length);
          expect(live.includes(near)).to.equal(true);
          if (keep) kept.push({ set: live.snapshot(), pages: model }, { set: near, pages: expected });
          for (const number of asked) {
            const page = model[number % model.length];
            if (page === undefined) continue;
            live.delete(page);
            model = model.filter((other) => other !== page);
            expected = expected.filter((other) => other !== page);
          }
          const pushed: number[] = [];
          for (let c = near.firstChunk; c <= near.lastChunk; c++) {
            const end = near.lastWord(c);
            for (let w = near.firstWord(c); (w = live.nextWord(c, w, end)) < end; w++) {
              const bits = live.common(near, c, w);
              for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) pushed.push((c * CHUNK_WORDS + w) * 32 + bit);
              live.deleteBits(c, w, bits);
            }
          }
          expect(pushed).to.deep.equal(expected);
          const gone = new Set(pushed);
          model = model.filter((page) => !gone.has(page));
        }
        expect(live.snapshot().toArray()).to.deep.equal(model);
        for (const { set, pages } of kept) expect(set.toArray()).to.deep.equal(pages);
      }),
      { numRuns: 100 },
    );
  });
});

describe('bits', () => {
  it('counts them, and picks the lowest', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 33 }), (word, count) => {
        const ones = range(0, 32).filter((bit) => (word >>> bit) & 1);
        expect(popcount(word)).to.equal(ones.length);
        const lowest = ones.slice(0, count).reduce((bits, bit) => bits | (1 << bit), 0);
        expect(lowestBits(word, count) | 0).to.equal(lowest | 0);
      }),
    );
  });
});
