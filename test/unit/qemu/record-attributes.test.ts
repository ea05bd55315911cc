import { expect } from 'chai';
import fc from 'fast-check';
import { deltaClassOf } from '../../../src/engine/trace/trace';
import {
  compressedUnitsOf, deltaClassBetween, hashOf, PAGE_BYTES, pageOf, ZERO_HASH,
} from '../../../src/qemu/record/attributes';
import { lz4Bytes } from '../../../src/qemu/record/lz4-size';
import { compare, contentsOf } from '../../../src/qemu/record/sampler';

const pages = (count: number) =>
  fc.array(fc.oneof(fc.constant(Buffer.alloc(PAGE_BYTES)), page), { minLength: count, maxLength: count }).map((all) => Buffer.concat(all));
const page = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 97 })).map(([start, step]) =>
  Buffer.from(Uint8Array.from({ length: PAGE_BYTES }, (_, i) => (start + Math.floor(i / step) * step) & 0xff)),
);

describe('the size of a page after LZ4', () => {
  // LZ4's own sizes (liblz4 1.9.4, LZ4_compress_default), of pages that can be written down.
  it('is what LZ4 makes of zeros, of a repeated word and of what does not repeat', () => {
    expect(lz4Bytes(new Uint8Array(PAGE_BYTES))).to.equal(26);
    expect(lz4Bytes(Uint8Array.from({ length: PAGE_BYTES }, (_, i) => i & 3))).to.equal(29);
    expect(lz4Bytes(noise(7))).to.equal(PAGE_BYTES + 1 + 1 + Math.floor((PAGE_BYTES - 15) / 255));
  });

  it('counts what must be told of a match: half a page of noise, twice', () => {
    const half = noise(3).subarray(0, PAGE_BYTES / 2);
    const bytes = lz4Bytes(Buffer.concat([half, half]));
    // The first half as literals, then one match but for the last five bytes.
    const match = PAGE_BYTES / 2 - 5 - 4 - 15;
    expect(bytes).to.equal(1 + 1 + Math.floor((2048 - 15) / 255) + 2048 + 2 + 1 + Math.floor(match / 255) + 1 + 5);
  });

  it('is the same wherever the page lies', () => {
    const moved = Buffer.concat([Buffer.alloc(3), noise(1)]).subarray(3);
    expect(lz4Bytes(moved)).to.equal(lz4Bytes(noise(1)));
  });

  it('is told in units, never more than a page has and never none', () => {
    expect(compressedUnitsOf(noise(1))).to.equal(64);
    expect(compressedUnitsOf(new Uint8Array(PAGE_BYTES))).to.equal(1);
    expect(compressedUnitsOf(Buffer.concat([noise(1).subarray(0, 2048), Buffer.alloc(2048)]))).to.equal(33);
  });
});

describe('what is kept of a page', () => {
  it('has the zero hash if it is zero, and else another', () => {
    expect(hashOf(Buffer.alloc(PAGE_BYTES))).to.equal(ZERO_HASH);
    const nearly = Buffer.alloc(PAGE_BYTES);
    nearly[PAGE_BYTES - 1] = 1;
    expect(hashOf(nearly)).not.to.equal(ZERO_HASH);
  });

  it('is a hash that depends on the content alone, and fits into a number', () => {
    expect(hashOf(noise(1))).to.equal(hashOf(Buffer.concat([Buffer.alloc(5), noise(1)]).subarray(5)));
    expect(hashOf(noise(1))).not.to.equal(hashOf(noise(2)));
    expect(hashOf(noise(1))).to.satisfy(Number.isSafeInteger);
  });

  it("has the delta class of QEMU's encoding", () => {
    const before = noise(1);
    const now = Buffer.from(before);
    now[100]! ^= 1;
    now[200]! ^= 1;
    // Two zero runs and two changed runs of one byte: 1 + 1 + 1, and 1 + 1 + 1.
    expect(deltaClassBetween(before, now)).to.equal(deltaClassOf(6));
    expect(deltaClassBetween(before, before)).to.equal(0);
    expect(deltaClassBetween(before, noise(2))).to.equal(15);
  });
});

describe('the comparison of two images', () => {
  it('finds just the pages that differ, and leads from one image to the other', () => {
    const images = fc.integer({ min: 1, max: 24 }).chain((count) => fc.tuple(pages(count), pages(count)));
    fc.assert(
      fc.property(images, ([before, now]) => {
        const steps = compare(before, now);
        let step = steps.next();
        while (!step.done) step = steps.next();
        const sample = step.value;
        const differing = Array.from({ length: before.length / PAGE_BYTES }, (_, i) => i).filter(
          (i) => !pageOf(before, i).equals(pageOf(now, i)),
        );
        expect([...sample.pages]).to.deep.equal(differing);
        expect([...sample.deltaClasses].every((deltaClass) => deltaClass > 0)).to.equal(true);
        const replayed = contentsOf(before);
        sample.pages.forEach((each, k) => {
          replayed.hashes[each] = sample.hashes[k]!;
          replayed.compressedUnits[each] = sample.compressedUnits[k]!;
        });
        expect(replayed).to.deep.equal(contentsOf(now));
      }),
      { numRuns: 30 },
    );
  });
});

/** A page of bytes that do not repeat. */
function noise(seed: number): Buffer {
  const bytes = Buffer.alloc(PAGE_BYTES);
  let state = seed;
  for (let at = 0; at < PAGE_BYTES; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(Math.imul(state ^ (state >>> 15), 0x85ebca6b) >>> 0, at);
  }
  return bytes;
}
