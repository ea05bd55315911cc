import { expect } from 'chai';
import fc from 'fast-check';
import { decodeXbzrle, encodeXbzrle } from '../../../src/engine/encoding/xbzrle-codec';

const PAGE_BYTES = 4096;

/** Two pages, the second the first with some stretches overwritten, here and there with the same bytes. */
const twoPages = fc
  .record({
    length: fc.constantFrom(1, 2, 127, 128, 129, 300, PAGE_BYTES),
    fill: fc.nat(255),
    stores: fc.array(
      fc.record({ at: fc.nat(PAGE_BYTES - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }) }),
      { maxLength: 12 },
    ),
  })
  .map(({ length, fill, stores }) => {
    const old = new Uint8Array(length).fill(fill);
    const now = old.slice();
    for (const { at, bytes } of stores) now.set(bytes.subarray(0, length - (at % length)), at % length);
    return { old, now };
  });

/** The format's grammar, spelled out on arrays: what differs, run by run. */
function runsOf(old: Uint8Array, now: Uint8Array): number[] {
  const uleb128 = (n: number) => (n < 128 ? [n] : [(n % 128) + 128, Math.floor(n / 128)]);
  const encoded: number[] = [];
  let rest = [...now].map((byte, i) => ({ byte, same: byte === old[i] }));
  const take = (same: boolean) => {
    const end = rest.findIndex((cell) => cell.same !== same);
    const run = end < 0 ? rest : rest.slice(0, end);
    rest = rest.slice(run.length);
    return run;
  };
  while (rest.some(({ same }) => !same)) {
    encoded.push(...uleb128(take(true).length));
    const run = take(false);
    encoded.push(...uleb128(run.length), ...run.map(({ byte }) => byte));
  }
  return encoded;
}

function encode(old: Uint8Array, now: Uint8Array, room = 2 * PAGE_BYTES): Uint8Array {
  const into = new Uint8Array(room);
  return into.subarray(0, encodeXbzrle(old, now, into));
}

const page = (...stores: [at: number, hex: string][]) => {
  const bytes = new Uint8Array(PAGE_BYTES);
  for (const [at, hex] of stores) bytes.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), at);
  return bytes;
};

describe('XBZRLE', () => {
  it("encodes QEMU's example (docs/xbzrle.txt) to its 24 bytes", () => {
    const old = page([1001, '05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 68 00 00 6b 00 6d']);
    const now = page([1001, '01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 68 00 00 67 00 69']);
    const expected = 'e9 07 0f 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 03 01 67 01 01 69'.replaceAll(' ', '');
    expect(Buffer.from(encode(old, now)).toString('hex')).to.equal(expected);
    decodeXbzrle(Buffer.from(expected, 'hex'), old);
    expect(old).to.deep.equal(now);
  });

  it('writes the runs of the grammar, and reads them back', () => {
    fc.assert(
      fc.property(twoPages, ({ old, now }) => {
        const encoded = encode(old, now);
        expect([...encoded]).to.deep.equal(runsOf(old, now));
        const copy = old.slice();
        decodeXbzrle(encoded, copy);
        expect(copy).to.deep.equal(now);
      }),
      { numRuns: 200 },
    );
  });

  it('takes no byte for equal pages', () => {
    expect(encodeXbzrle(page([7, '01']), page([7, '01']), new Uint8Array(PAGE_BYTES))).to.equal(0);
    const copy = page([7, '01']);
    decodeXbzrle(new Uint8Array(0), copy);
    expect(copy).to.deep.equal(page([7, '01']));
  });

  it('starts with a zero run of length 0 where the page starts with a difference, and leaves out the last one', () => {
    expect([...encode(page(), page([0, 'aa bb']))]).to.deep.equal([0, 2, 0xaa, 0xbb]);
    expect([...encode(page(), page([PAGE_BYTES - 1, 'aa']))]).to.deep.equal([0xff, 0x1f, 1, 0xaa]);
  });

  it('ends a non-zero run at the first equal byte', () => {
    expect([...encode(page(), page([0, 'aa 00 bb']))]).to.deep.equal([0, 1, 0xaa, 1, 1, 0xbb]);
  });

  it('overflows where QEMU does: every run asks for two free bytes first', () => {
    const room = (now: Uint8Array, bytes: number) => encodeXbzrle(page(), now, new Uint8Array(bytes));
    // 4 bytes, then a zero run that would write nothing.
    expect(room(page([0, 'aa bb']), 6)).to.equal(4);
    expect(room(page([0, 'aa bb']), 5)).to.equal(-1);
    // The same without a last zero run fits exactly.
    const end = page([PAGE_BYTES - 2, 'aa bb']);
    expect(room(end, 5)).to.equal(5);
    expect(room(end, 4)).to.equal(-1);
    // Two free bytes before the non-zero run, and for an equal page too.
    expect(room(end, 3)).to.equal(-1);
    expect(room(page(), 1)).to.equal(-1);
    expect(room(page(), 2)).to.equal(0);
    // Every byte of the page changed takes three bytes more than the page; every second one, half as much again.
    const all = new Uint8Array(PAGE_BYTES).fill(1);
    expect(room(all, PAGE_BYTES)).to.equal(-1);
    expect(room(all, PAGE_BYTES + 3)).to.equal(PAGE_BYTES + 3);
    const everySecond = page().map((_, i) => i % 2);
    expect(room(everySecond, PAGE_BYTES)).to.equal(-1);
    expect(room(everySecond, 2 * PAGE_BYTES)).to.equal((PAGE_BYTES / 2) * 3);
  });

  it('never writes beyond the room that it was given', () => {
    fc.assert(
      fc.property(twoPages, fc.nat(300), ({ old, now }, room) => {
        const around = new Uint8Array(room + 8).fill(0xee);
        const length = encodeXbzrle(old, now, around.subarray(0, room));
        const whole = runsOf(old, now);
        expect(length).to.be.at.most(room);
        if (length >= 0) expect([...around.subarray(0, length)]).to.deep.equal(whole);
        else expect(whole.length).to.be.above(room - 2);
        expect([...around.subarray(room)]).to.deep.equal(new Array(8).fill(0xee));
      }),
    );
  });

  it('refuses pages of different lengths, or too long for two bytes of length', () => {
    const into = new Uint8Array(10);
    expect(() => encodeXbzrle(new Uint8Array(4), new Uint8Array(5), into)).to.throw(RangeError, '4 and 5 bytes');
    expect(() => encodeXbzrle(new Uint8Array(0x4000), new Uint8Array(0x4000), into)).to.throw(RangeError, '16383');
  });

  const malformed: [what: string, bytes: number[], message: string][] = [
    ['a zero run alone', [5], 'the data ends in the zero run at byte 0'],
    ['a zero run without its non-zero run', [5, 1], 'the data ends in the non-zero run at byte 1'],
    ['a length of three bytes', [0x80, 0x80, 1, 1], 'the length of the zero run takes more than two bytes at byte 0'],
    ['a non-zero run of length 0', [5, 0, 1, 1], 'a non-zero run has length 0 at byte 1'],
    ['a zero run of length 0 further on', [5, 1, 9, 0, 1, 9], 'a zero run of length 0 follows another run at byte 3'],
    ['a zero run past the page', [17, 1, 9], "a zero run ends beyond the page's 16 bytes at byte 0"],
    ['a non-zero run past the page', [15, 2, 9, 9], "a non-zero run ends beyond the page's 16 bytes at byte 1"],
    ['fewer bytes than the non-zero run has', [0, 3, 9, 9], 'the data ends in the non-zero run at byte 1'],
  ];
  for (const [what, bytes, message] of malformed) {
    it(`refuses ${what}`, () => {
      expect(() => decodeXbzrle(Uint8Array.from(bytes), new Uint8Array(16))).to.throw(
        RangeError,
        `Malformed XBZRLE data: ${message}.`,
      );
    });
  }

  it('decodes whatever bytes or says why not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodeXbzrle(bytes, new Uint8Array(64));
        } catch (error) {
          expect(error).to.be.instanceOf(RangeError);
          expect((error as Error).message).to.match(/^Malformed XBZRLE data: .* at byte \d+\.$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
