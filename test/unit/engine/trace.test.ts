import { expect } from 'chai';
import fc from 'fast-check';
import { checkPageNumbers, checkTrace } from '../../../src/engine/trace/check-trace';
import { mergeIntervals } from '../../../src/engine/trace/merge-intervals';
import { deltaBytes, deltaClassOf, type Trace, type TraceInterval } from '../../../src/engine/trace/trace';
import { TraceError } from '../../../src/engine/trace/trace-error';
import { about, syntheticTrace } from './trace-fixture';

describe('classes of delta sizes', () => {
  it('cover 1 to 4096 bytes in steps that grow by a constant factor', () => {
    const most = Array.from({ length: 14 }, (_, k) => Math.floor(4096 ** ((k + 1) / 14) + 1e-9));
    const classes = Array.from({ length: 4096 }, (_, i) => deltaClassOf(i + 1));
    expect(classes).to.deep.equal(classes.map((_, i) => most.findIndex((bytes) => i + 1 <= bytes) + 1));
    expect(new Set(classes).size).to.equal(14);
  });

  it('have 0 for an unchanged page and 15 for an overflow, which costs the whole page', () => {
    expect([0, -1, 4096, 4097].map(deltaClassOf)).to.deep.equal([0, 15, 14, 15]);
    expect([0, 15].map(deltaBytes)).to.deep.equal([0, 4096]);
  });

  it('stand for the middle of their sizes: at most 41 % too many bytes, or 23 % too few', () => {
    for (let deltaClass = 1; deltaClass < 15; deltaClass++) {
      const sizes = Array.from({ length: 4096 }, (_, i) => i + 1);
      const members = sizes.filter((bytes) => deltaClassOf(bytes) === deltaClass);
      const stands = deltaBytes(deltaClass);
      expect(stands).to.equal(members.reduce((sum, bytes) => sum + bytes, 0) / members.length);
      expect(stands / members[0]!).to.be.at.most(1.41);
      expect(stands / members.at(-1)!).to.be.at.least(0.77);
      expect(deltaClassOf(Math.round(stands))).to.equal(deltaClass);
    }
  });

  it('are not found for what is no size, and have no size if they do not exist', () => {
    for (const bytes of [-2, 0.5, NaN, Infinity]) expect(() => deltaClassOf(bytes)).to.throw(RangeError, `${bytes}`);
    for (const deltaClass of [-1, 16, 1.5]) expect(() => deltaBytes(deltaClass)).to.throw(RangeError, `${deltaClass}`);
  });
});

const small = fc
  .record({
    pageCount: fc.integer({ min: 1, max: 60 }),
    intervals: fc.integer({ min: 0, max: 14 }),
    writes: fc.integer({ min: 0, max: 30 }),
    reads: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
    seed: fc.nat(),
  })
  .map(syntheticTrace);

/** What a page is after the intervals, kept page by page: a second way to say what merging means. */
function naiveMerge(steps: readonly TraceInterval[]): TraceInterval {
  const pages = new Map<number, { contentClass: number; units: number; deltas: number[] }>();
  const reads = new Set<number>();
  for (const step of steps) {
    step.pages.forEach((page, k) => {
      const deltas = [...(pages.get(page)?.deltas ?? []), step.deltaClasses[k]!];
      pages.set(page, { contentClass: step.classes[k]!, units: step.compressedUnits[k]!, deltas });
    });
    step.readPages?.forEach((page) => reads.add(page));
  }
  const sorted = [...pages].sort(([a], [b]) => a - b);
  const values = sorted.map(([, value]) => value);
  return {
    pages: Int32Array.from(sorted, ([page]) => page),
    classes: Uint32Array.from(values, ({ contentClass }) => contentClass),
    compressedUnits: Uint8Array.from(values, ({ units }) => units),
    deltaClasses: Uint8Array.from(values, ({ deltas }) => Math.max(...deltas)),
    silent: Uint8Array.from(values, ({ deltas }) => (deltas.every((delta) => delta === 0) ? 1 : 0)),
    ...(steps[0]!.readPages ? { readPages: Int32Array.from([...reads].sort((a, b) => a - b)) } : {}),
  };
}

describe('merging intervals', () => {
  it('takes the union, the last content and the largest delta', () => {
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 6 }), (trace, count) => {
        const merged = mergeIntervals(trace, count);
        checkTrace(merged);
        expect(merged.intervals.length).to.equal(Math.floor(trace.intervals.length / count));
        expect(merged.intervalSeconds).to.equal(trace.intervalSeconds * count);
        merged.intervals.forEach((interval, i) => {
          expect(interval).to.deep.equal(naiveMerge(trace.intervals.slice(i * count, (i + 1) * count)));
        });
      }),
    );
  });

  it('does the same in two steps as in one', () => {
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), (trace, a, b) => {
        const twice = mergeIntervals(mergeIntervals(trace, a), b);
        expect(twice.intervals).to.deep.equal(mergeIntervals(trace, a * b).intervals);
      }),
    );
  });

  it('needs a whole number of intervals', () => {
    for (const count of [0, -1, 1.5, NaN]) {
      expect(() => mergeIntervals(syntheticTrace({ intervals: 2 }), count)).to.throw(RangeError, `not ${count}`);
    }
  });
});

describe('checking a trace', () => {
  const good = (): TraceInterval => ({
    pages: Int32Array.of(1, 4),
    classes: Uint32Array.of(1, 7),
    compressedUnits: Uint8Array.of(3, 64),
    deltaClasses: Uint8Array.of(0, 15),
    silent: Uint8Array.of(1, 0),
  });
  const traceOf = (...intervals: TraceInterval[]): Trace => ({
    pageCount: 5,
    intervalSeconds: 0.1,
    about,
    start: { classes: new Uint32Array(5), compressedUnits: new Uint8Array(5) },
    intervals,
  });

  it('accepts a good one', () => {
    checkTrace(traceOf());
    checkTrace(traceOf(good(), good()));
    checkTrace(traceOf({ ...good(), readPages: Int32Array.of(0, 4) }));
  });

  const bad: [message: string, trace: Trace][] = [
    ['header: the page count is 0; expected 1 to 4194304', { ...traceOf(), pageCount: 0 }],
    ['header: the page count is 4194305; expected 1 to 4194304', { ...traceOf(), pageCount: 4194305 }],
    ['header: an interval takes 0 s; expected a finite time above 0 s', { ...traceOf(), intervalSeconds: 0 }],
    [
      'header: an interval takes Infinity s; expected a finite time above 0 s',
      { ...traceOf(), intervalSeconds: Infinity },
    ],
    [
      'header: the number of intervals is 65537; expected 0 to 65536',
      traceOf(...new Array<TraceInterval>(65_537).fill(good())),
    ],
    ['start: there are 4 content classes; expected 5, one a page', {
      ...traceOf(), start: { classes: new Uint32Array(4), compressedUnits: new Uint8Array(5) },
    }],
    ['start: compressed size number 2 is 65 units; expected 0 to 64', {
      ...traceOf(), start: { classes: new Uint32Array(5), compressedUnits: Uint8Array.of(0, 64, 65, 0, 0) },
    }],
    [
      'interval 1: page 5 is out of place; expected page numbers above 1, the one before it, from 0 to 4',
      traceOf(good(), { ...good(), pages: Int32Array.of(1, 5) }),
    ],
    [
      'interval 0: page 1 is out of place; expected page numbers above 1, the one before it, from 0 to 4',
      traceOf({ ...good(), pages: Int32Array.of(1, 1) }),
    ],
    [
      'interval 0: page -1 is out of place; expected page numbers from 0 to 4',
      traceOf({ ...good(), pages: Int32Array.of(-1, 1) }),
    ],
    [
      'interval 0, pages read: page 9 is out of place; expected page numbers from 0 to 4',
      traceOf({ ...good(), readPages: Int32Array.of(9) }),
    ],
    [
      'interval 1: it has no pages that were read; expected all intervals to be alike',
      traceOf({ ...good(), readPages: Int32Array.of() }, good()),
    ],
    [
      'interval 0: there are 1 compressed sizes; expected 2, one a page',
      traceOf({ ...good(), compressedUnits: Uint8Array.of(1) }),
    ],
    [
      'interval 0: there are 3 delta classes; expected 2, one a page',
      traceOf({ ...good(), deltaClasses: new Uint8Array(3) }),
    ],
    ['interval 0: there are 1 silent flags; expected 2, one a page', traceOf({ ...good(), silent: Uint8Array.of(1) })],
    [
      'interval 0, page 4: its delta class is 16; expected 0 to 15',
      traceOf({ ...good(), deltaClasses: Uint8Array.of(0, 16) }),
    ],
    [
      'interval 0, page 4: its silent flag is 1 with delta class 15; expected 0, because class 0 means unchanged',
      traceOf({ ...good(), silent: Uint8Array.of(1, 1) }),
    ],
    [
      'interval 0, page 1: its silent flag is 0 with delta class 0; expected 1, because class 0 means unchanged',
      traceOf({ ...good(), silent: Uint8Array.of(0, 0) }),
    ],
  ];
  for (const [message, trace] of bad) {
    it(`says ${message}`, () => {
      expect(() => checkTrace(trace)).to.throw(TraceError).with.property('message', `Recorded trace, ${message}.`);
    });
  }

  it('refuses more page numbers than a trace may have', () => {
    const pageCount = 2 ** 17;
    const all = Int32Array.from({ length: pageCount }, (_, page) => page);
    const bytes = new Uint8Array(pageCount).fill(1);
    const interval: TraceInterval = {
      pages: all, classes: new Uint32Array(pageCount), compressedUnits: bytes, deltaClasses: bytes,
      silent: new Uint8Array(pageCount), readPages: all,
    };
    const start = { classes: new Uint32Array(pageCount), compressedUnits: bytes };
    const trace = (intervals: number): Trace => ({
      ...traceOf(), pageCount, start, intervals: new Array<TraceInterval>(intervals).fill(interval),
    });
    checkPageNumbers('intervals', 2 ** 24);
    expect(() => checkTrace(trace(65))).to.throw(TraceError, 'intervals: 17039360 page numbers are too many');
  });
});
