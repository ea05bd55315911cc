import { expect } from 'chai';
import fc from 'fast-check';
import { readTrace, writeTrace } from '../../../src/engine/trace/format';
import type { Trace } from '../../../src/engine/trace/trace';
import { assembleTraces } from '../../../src/qemu/record/assemble';
import { ZERO_HASH } from '../../../src/qemu/record/attributes';
import { clockAddress, initialTicks } from '../../../src/qemu/record/guest-clock';
import { internClasses } from '../../../src/qemu/record/intern';
import type { RawRecording } from '../../../src/qemu/record/raw-recording';
import { checkReplay } from '../../../src/qemu/record/record-guest';
import { workloadsOf } from '../../../src/qemu/record/record';
import { savingShare, sharedShare, statisticsOf } from '../../../src/qemu/record/statistics';

const PAGES = 12;
/** Few hashes, so that they meet; up to the largest that there are. */
const hash = fc.constantFrom(ZERO_HASH, 1, 2, 3, 2 ** 40, 2 ** 53 - 1);
const contents = (count: number) =>
  fc.tuple(fc.array(hash, { minLength: count, maxLength: count }), fc.array(fc.integer({ min: 0, max: 64 }), { minLength: count, maxLength: count }))
    .map(([hashes, units]) => ({ hashes: Float64Array.from(hashes), compressedUnits: Uint8Array.from(units) }));
const sample = fc.uniqueArray(fc.nat(PAGES - 1)).chain((pages) =>
  fc.tuple(contents(pages.length), fc.array(fc.integer({ min: 1, max: 15 }), { minLength: pages.length, maxLength: pages.length })).map(
    ([content, deltas]) => ({
      ...content,
      pages: Int32Array.from(pages).sort(),
      deltaClasses: Uint8Array.from(deltas),
    }),
  ),
);
const recording = fc.tuple(contents(PAGES), fc.array(sample, { maxLength: 6 })).map(([start, samples]): RawRecording => ({
  workload: 'redis', pageCount: PAGES, intervalSeconds: 0.1, recording: 'made up', versions: { qemu: '7.2' }, start, samples,
}));
const recordings = fc.array(recording, { minLength: 1, maxLength: 4 });

/** All contents of all guests, each with its class. */
function occurrences(raw: readonly RawRecording[]): { hash: number; contentClass: number }[] {
  const traces = assembleTraces(raw);
  return raw.flatMap(({ start, samples }, g) => {
    const columns = [start, ...samples];
    const assembled = [traces[g]!.start, ...traces[g]!.intervals];
    return columns.flatMap(({ hashes }, c) => [...hashes].map((each, k) => ({ hash: each, contentClass: assembled[c]!.classes[k]! })));
  });
}

describe('content classes', () => {
  it('are 0 for zeros, 1 for what occurs once, and else equal just where contents are, in all guests', () => {
    fc.assert(
      fc.property(recordings, (raw) => {
        const all = occurrences(raw);
        for (const one of all) {
          const times = all.filter((other) => other.hash === one.hash).length;
          if (one.hash === ZERO_HASH) expect(one.contentClass).to.equal(0);
          else if (times === 1) expect(one.contentClass).to.equal(1);
          else expect(one.contentClass).to.be.above(1);
        }
        const shared = all.filter(({ contentClass }) => contentClass > 1);
        expect(new Set(shared.map(({ contentClass }) => contentClass)).size).to.equal(new Set(shared.map((each) => each.hash)).size);
      }),
    );
  });

  it('give the smallest numbers to what occurs most often', () => {
    const column = (...hashes: number[]) => ({ hashes: Float64Array.from(hashes), compressedUnits: new Uint8Array(hashes.length) });
    const classOf = internClasses([{ start: column(7, 9, 9, 0, 5), samples: [] }, { start: column(9, 7, 0), samples: [] }]);
    expect([9, 7, 5, 0].map(classOf)).to.deep.equal([2, 3, 1, 0]);
  });
});

describe('the assembled trace', () => {
  it('survives its file, and keeps pages, sizes and deltas as they were recorded', () => {
    fc.assert(
      fc.property(recordings, (raw) => {
        assembleTraces(raw).forEach((trace, g) => {
          const read = readTrace(writeTrace(trace));
          expect(read).to.deep.equal(trace);
          expect(read.intervals.map(({ pages }) => [...pages])).to.deep.equal(raw[g]!.samples.map(({ pages }) => [...pages]));
          expect(read.intervals.map(({ deltaClasses }) => [...deltaClasses])).to.deep.equal(
            raw[g]!.samples.map(({ deltaClasses }) => [...deltaClasses]),
          );
        });
      }),
    );
  });

  it('says that stores were not seen, and with whom it was recorded', () => {
    const [one] = fc.sample(recording, 1) as [RawRecording];
    const [first] = assembleTraces([one, { ...one, workload: 'idle' }]);
    expect(first!.about.basis.writes).to.equal('estimated');
    expect(first!.about.recording).to.match(/across the traces of redis, idle/);
    const names = assembleTraces([one, { ...one, workload: 'idle' }]).map(({ about }) => about.name);
    expect(names).to.deep.equal(['redis', 'idle-linux']);
  });
});

describe('the self-check of a recording', () => {
  it('replays it, and notices a page that ends otherwise', () => {
    fc.assert(
      fc.property(recording, fc.nat(PAGES - 1), ({ start, samples }, page) => {
        const end = { hashes: start.hashes.slice(), compressedUnits: start.compressedUnits.slice() };
        for (const { pages, hashes, compressedUnits } of samples) {
          pages.forEach((each, k) => {
            end.hashes[each] = hashes[k]!;
            end.compressedUnits[each] = compressedUnits[k]!;
          });
        }
        checkReplay(start, samples, end);
        end.hashes[page]! += 0.5;
        expect(() => checkReplay(start, samples, end)).to.throw(`page ${page} ends with another content`);
      }),
    );
  });
});

describe('the figures of a trace', () => {
  const [quiet, busy] = assembleTraces([raw([0, 5, 6, 7], [1, 2]), raw([5, 5, 8, 0], [])]) as [Trace, Trace];

  it('are medians and shares', () => {
    const { seconds, dirtyMedian, dirtyP90, zeroShare } = statisticsOf(quiet);
    expect({ seconds, dirtyMedian, dirtyP90, zeroShare }).to.deep.equal({ seconds: 0.2, dirtyMedian: 2, dirtyP90: 2, zeroShare: 0.25 });
    expect(statisticsOf(busy)).to.include({ seconds: 0, dirtyMedian: 0, overflowShare: 0, compressedShare: 0 });
  });

  it('count duplicates among the pages that are not zero', () => {
    expect(sharedShare(quiet, [busy])).to.equal(1 / 3);
    expect(sharedShare(busy, [quiet])).to.equal(2 / 3);
    // Six pages that are not zero have four contents.
    expect(savingShare([quiet, busy])).to.equal(2 / 6);
  });

  function raw(hashes: number[], counts: number[]): RawRecording {
    const content = (values: number[]) => ({ hashes: Float64Array.from(values), compressedUnits: new Uint8Array(values.length).fill(32) });
    const samples = counts.map((count, i) => ({
      ...content(Array.from({ length: count }, (_, k) => 1000 + 10 * i + k)),
      pages: Int32Array.from({ length: count }, (_, k) => k),
      deltaClasses: new Uint8Array(count).fill(15),
    }));
    return { workload: 'idle', pageCount: 4, intervalSeconds: 0.1, recording: '', versions: {}, start: content(hashes), samples };
  }
});

describe("the guest's clock", () => {
  it('is where the kernel says, with its code moved elsewhere', () => {
    expect(clockAddress('SYM jiffies ffffffffa5a079c0 text ffffffffa4000000 code   05200000')).to.equal(0x05200000 + 0x1a079c0);
    expect(clockAddress('READY redis 3.1')).to.equal(undefined);
  });

  it('starts five minutes before 32 bits overflow', () => {
    expect(initialTicks(250)).to.equal(0xffff_ffff + 1 - 75_000);
  });
});

describe('the names of workloads', () => {
  it('are taken once each, and unknown ones refused by name', () => {
    expect(workloadsOf(['redis', 'idle', 'redis']).map(({ name }) => name)).to.deep.equal(['redis', 'idle']);
    expect(workloadsOf(['all']).map(({ name }) => name)).to.deep.equal(['idle', 'redis', 'nginx', 'sqlite', 'gcc', 'tar']);
    expect(() => workloadsOf(['idle', 'doom'])).to.throw(/no workload doom; there are idle, redis/);
  });
});
