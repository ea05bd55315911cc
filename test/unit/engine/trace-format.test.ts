import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../../../src/engine/trace/bytes';
import { checkTrace } from '../../../src/engine/trace/check-trace';
import { crc32 } from '../../../src/engine/trace/crc32';
import { inflate } from '../../../src/engine/trace/deflate';
import { readTrace, writeTrace } from '../../../src/engine/trace/format';
import { readSection, writeBlock, writeSection } from '../../../src/engine/trace/section';
import type { Trace, TraceInterval } from '../../../src/engine/trace/trace';
import { TraceError } from '../../../src/engine/trace/trace-error';
import { about, syntheticTrace } from './trace-fixture';

const HEAD_BYTES = 12;

/** Any content in any page, in groups of one to five intervals. */
const anyTrace: fc.Arbitrary<Trace> = fc
  .record({
    pageCount: fc.integer({ min: 1, max: 300 }),
    intervalSeconds: fc.constantFrom(0.1, 1, 2.5, 3, 60),
    hasReads: fc.boolean(),
    texts: fc.record({ name: fc.string({ unit: 'binary' }), version: fc.string({ unit: 'binary' }) }),
  })
  .chain(({ pageCount, intervalSeconds, hasReads, texts }) => {
    const pageSet = fc
      .uniqueArray(fc.nat(pageCount - 1), { maxLength: 40 })
      .map((pages) => Int32Array.from(pages).sort());
    const contents = (length: number) => ({
      classes: fc.uint32Array({ minLength: length, maxLength: length }),
      compressedUnits: fc.uint8Array({ minLength: length, maxLength: length, max: 64 }),
    });
    const interval = fc.tuple(pageSet, pageSet).chain(([pages, readPages]) =>
      fc
        .record({
          ...contents(pages.length),
          deltaClasses: fc.uint8Array({ minLength: pages.length, maxLength: pages.length, max: 15 }),
        })
        .map((columns): TraceInterval => {
          const silent = columns.deltaClasses.map((deltaClass) => (deltaClass === 0 ? 1 : 0));
          return { pages, ...columns, silent, ...(hasReads ? { readPages } : {}) };
        }),
    );
    return fc.record({
      pageCount: fc.constant(pageCount),
      intervalSeconds: fc.constant(intervalSeconds),
      about: fc.constant({ ...about, name: texts.name, versions: { kernel: texts.version } }),
      start: fc.record(contents(pageCount)),
      intervals: fc.array(interval, { maxLength: 8 }),
    });
  });

const varints = (...values: number[]) => {
  const writer = new ByteWriter();
  for (const value of values) writer.varint(value);
  return writer.written();
};

interface FileParts {
  readonly pageCount: number;
  readonly intervalSeconds: number;
  readonly intervals: number;
  readonly intervalsPerGroup: number;
  readonly flags: number;
  readonly text: string;
  readonly keyframe: readonly Uint8Array[];
  readonly groups: readonly (readonly Uint8Array[])[];
}

const parts: FileParts = {
  pageCount: 5,
  intervalSeconds: 0.5,
  intervals: 2,
  intervalsPerGroup: 10,
  flags: 0,
  text: JSON.stringify(about),
  keyframe: [varints(0, 1, 1, 300, 300), Uint8Array.of(1, 20, 30, 40, 50)],
  // Pages 1 and 3, then page 3 again.
  groups: [[varints(2, 1), varints(1, 1, 3), varints(1, 70_000, 0), Uint8Array.of(2, 64, 62), Uint8Array.of(3, 0, 15)]],
};

/** A file made by hand, with right checksums whatever it says. */
function fileOf(changes: Partial<FileParts> = {}): Uint8Array {
  const { pageCount, intervalSeconds, intervals, intervalsPerGroup, flags, text, ...rest } = { ...parts, ...changes };
  const file = new ByteWriter();
  file.bytes(Uint8Array.of(0x89, 0x56, 0x4d, 0x54, 0x0d, 0x0a, 0x1a, 0x0a));
  file.uint32(1);
  const header = new ByteWriter();
  header.uint32(pageCount);
  header.float64(intervalSeconds);
  header.uint32(intervals);
  header.uint32(intervalsPerGroup);
  header.byte(flags);
  header.bytes(Buffer.from(text, 'latin1'));
  writeSection(file, header.written());
  for (const blocks of [rest.keyframe, ...rest.groups]) {
    const section = new ByteWriter();
    for (const block of blocks) writeBlock(section, block);
    writeSection(file, section.written());
  }
  return file.written();
}

/** The payloads of a file's sections, and the file that other payloads make. */
function sectionsOf(file: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(file.subarray(HEAD_BYTES), 'file');
  const sections: Uint8Array[] = [];
  while (reader.left > 0) {
    const section = readSection(reader, 'section');
    sections.push(section.bytes(section.left));
  }
  return sections;
}

function withSections(file: Uint8Array, sections: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(file.subarray(0, HEAD_BYTES));
  for (const section of sections) writeSection(writer, section);
  return writer.written();
}

/** Reads the file: either a valid trace, or a TraceError of one sentence. */
function readOrRefuse(file: Uint8Array): Trace | undefined {
  try {
    const trace = readTrace(file);
    checkTrace(trace);
    return trace;
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    expect(error.message).to.match(/^Recorded trace, [^\n]+: [^\n]+; expected [^\n]+\.$/);
    return undefined;
  }
}

function replaced<T>(list: readonly T[], index: number, value: T): T[] {
  return list.map((old, i) => (i === index ? value : old));
}

describe('the file of a recorded trace', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        expect(readTrace(writeTrace(trace))).to.deep.equal(trace);
      }),
    );
    const large = syntheticTrace({ intervals: 120, reads: 900 });
    expect(readTrace(writeTrace(large))).to.deep.equal(large);
  });

  it('says in ASCII what was said in any letters', () => {
    const texts = {
      ...about,
      name: 'Gr\u00f6\u00dfe \u007f \u2028 \u{1f600} "\\',
      versions: { ['__proto__']: '1', 'gr\u00fcn': '2' },
    };
    const file = writeTrace({ ...syntheticTrace({ pageCount: 1, intervals: 0 }), about: texts });
    expect(readTrace(file).about).to.deep.equal(texts);
    expect(sectionsOf(file)[0]!.subarray(21).every((byte) => byte >= 0x20 && byte < 0x7f)).to.equal(true);
  });

  it('is not made of what is no valid trace', () => {
    const trace = syntheticTrace({ pageCount: 50, intervals: 3, writes: 5 });
    expect(() => writeTrace({ ...trace, pageCount: 49 })).to.throw(TraceError, 'expected 49, one a page.');
    const wordy = { ...trace, about: { ...about, workload: 'x'.repeat(65_536) } };
    expect(() => writeTrace(wordy)).to.throw(TraceError, 'bytes; expected at most 65536.');
  });

  it('is read from a part of a larger buffer', () => {
    const file = writeTrace(syntheticTrace({ pageCount: 50, intervals: 3, writes: 5 }));
    const larger = new Uint8Array(file.length + 20);
    larger.set(file, 7);
    expect(readTrace(larger.subarray(7, 7 + file.length))).to.deep.equal(readTrace(file));
  });

  it('means what its description says', () => {
    const { start, intervals, ...rest } = readTrace(fileOf());
    expect(rest).to.deep.equal({ pageCount: 5, intervalSeconds: 0.5, about });
    expect([...start.classes]).to.deep.equal([0, 1, 1, 300, 300]);
    expect([...start.compressedUnits]).to.deep.equal([1, 20, 30, 40, 50]);
    const lists = intervals.map((interval) =>
      Object.fromEntries(Object.entries(interval).map(([column, values]) => [column, [...values]])),
    );
    expect(lists).to.deep.equal([
      { pages: [1, 3], classes: [1, 70_000], compressedUnits: [22, 39], deltaClasses: [3, 0], silent: [0, 1] },
      { pages: [3], classes: [0], compressedUnits: [36], deltaClasses: [15], silent: [0] },
    ]);
  });

  it('is laid out as its description says, in blocks that zlib expands', () => {
    const trace = readTrace(fileOf({ groups: [[...parts.groups[0]!, varints(0, 2), varints(0, 3)]], flags: 1 }));
    const file = Buffer.from(writeTrace(trace));
    expect(file.toString('hex', 0, HEAD_BYTES)).to.equal('89564d540d0a1a0a01000000');
    const header = file.subarray(16, 16 + file.readUInt32LE(12));
    expect([header.readUInt32LE(0), header.readDoubleLE(4), header.readUInt32LE(12)]).to.deep.equal([5, 0.5, 2]);
    expect([header.readUInt32LE(16), header[20]]).to.deep.equal([10, 1]);
    expect(JSON.parse(header.toString('latin1', 21))).to.deep.equal(about);
    const columns = sectionsOf(file).slice(1).map((section) => {
      const blocks: number[][] = [];
      // All of these blocks are shorter than 128 bytes, so that their length is one byte.
      for (let at = 0; at < section.length; at += 1 + section[at]!) {
        blocks.push([...inflateRawSync(section.subarray(at + 1, at + 1 + section[at]!))]);
      }
      return blocks;
    });
    expect(columns).to.deep.equal([
      [[0, 1, 1, 0xac, 2, 0xac, 2], [1, 20, 30, 40, 50]],
      [[2, 1], [1, 1, 3], [1, 0xf0, 0xa2, 4, 0], [2, 64, 62], [3, 0, 15], [0, 2], [0, 3]],
    ]);
    expect(trace.intervals.map(({ readPages }) => [...readPages!])).to.deep.equal([[], [0, 4]]);
  });

  it('ends every section with the CRC-32 that everybody else computes', () => {
    // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
    expect(crc32(Buffer.from('123456789'))).to.equal(0xcbf43926);
  });

  it('starts every group of 5 s anew, so that a reader can jump to it', () => {
    const trace = syntheticTrace({ pageCount: 400, intervals: 150, writes: 60 });
    const [header, keyframe, ...groups] = sectionsOf(writeTrace(trace));
    expect(groups).to.have.length(3);
    const alone = header!.slice();
    new DataView(alone.buffer).setUint32(12, 50, true);
    const last = readTrace(withSections(writeTrace(trace), [alone, keyframe!, groups[2]!]));
    expect(last.intervals).to.deep.equal(trace.intervals.slice(100));
  });

  it('keeps to its step where an interval is longer than a group', () => {
    const trace = syntheticTrace({ pageCount: 40, intervals: 3, writes: 6, intervalSeconds: 60 });
    expect(sectionsOf(writeTrace(trace))).to.have.length(2 + 3);
  });

  it('takes at most 2 bytes for a page that was written, and less than one for a page at the start', () => {
    const trace = syntheticTrace({ intervals: 100 });
    const written = trace.intervals.reduce((sum, { pages }) => sum + pages.length, 0);
    const [, keyframe, ...groups] = sectionsOf(writeTrace(trace)).map(({ length }) => length);
    expect(groups.reduce((sum, length) => sum + length, 0) / written).to.be.within(0.8, 2);
    expect(keyframe).to.be.below(trace.pageCount);
  });
});

describe('a damaged file of a trace', () => {
  const file = writeTrace(syntheticTrace({ pageCount: 60, intervals: 60, writes: 8, reads: 5 }));

  it('is refused wherever it is cut off, and with a byte too many', () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => readTrace(file.subarray(0, length)), `${length} bytes`).to.throw(TraceError);
    }
    const longer = Uint8Array.of(...file, 0);
    expect(() => readTrace(longer)).to.throw(TraceError, 'file: 1 bytes are left over; expected none.');
  });

  it('is refused whichever byte has changed', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flips) => {
        const damaged = file.slice();
        damaged[at]! ^= flips;
        expect(() => readTrace(damaged)).to.throw(TraceError);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused or a valid trace, even where the checksums are right', () => {
    const sections = sectionsOf(file);
    fc.assert(
      fc.property(
        fc.nat(sections.length - 1),
        fc.array(fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), byte: fc.nat(255) }), {
          minLength: 1, maxLength: 4,
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (index, changes, keep) => {
          const section = sections[index]!.slice();
          for (const { at, byte } of changes) section[Math.floor(at * section.length)] = byte;
          const cut = keep < 0.8 ? section : section.subarray(0, Math.floor(keep * section.length));
          readOrRefuse(withSections(file, replaced(sections, index, cut)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is refused or a valid trace, whatever its columns hold', () => {
    let valid = 0;
    const values = fc.array(fc.oneof({ weight: 5, arbitrary: fc.nat(3) }, fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 5, maxLength: 5 }), fc.nat(3), (columns, kept) => {
        const group = parts.groups[0]!.map((column, i) => (i <= kept ? column : Uint8Array.from(columns[i]!)));
        if (readOrRefuse(fileOf({ groups: [group] }))) valid++;
      }),
      { numRuns: 1000 },
    );
    expect(valid).to.be.above(0);
  });

  it('is refused if it is nothing of the kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(readOrRefuse(bytes)).to.equal(undefined);
      }),
    );
  });

  const version = (n: number) => {
    const other = file.slice();
    other[8] = n;
    return other;
  };
  const group = parts.groups[0]!;
  const inGroup = (column: number, bytes: Uint8Array) => fileOf({ groups: [replaced(group, column, bytes)] });
  const aboutWith = (changes: object) => fileOf({ text: JSON.stringify({ ...about, ...changes }) });
  const refused: [message: string, file: Uint8Array][] = [
    ['file: it does not start like a trace; expected the bytes 89 56 4D 54 0D 0A 1A 0A', new Uint8Array(0)],
    ['file: it does not start like a trace; expected the bytes 89 56 4D 54 0D 0A 1A 0A', Buffer.from('{"pages": 12}')],
    ['file: its format version 2 is newer than this program; expected version 1', version(2)],
    ['file: it has format version 0; expected version 1', version(0)],
    ['header: the page count is 0; expected 1 to 4194304', fileOf({ pageCount: 0 })],
    ['header: the page count is 4194305; expected 1 to 4194304', fileOf({ pageCount: 2 ** 22 + 1 })],
    ['header: an interval takes NaN s; expected a finite time above 0 s', fileOf({ intervalSeconds: NaN })],
    ['header: the number of intervals is 65537; expected 0 to 65536', fileOf({ intervals: 2 ** 16 + 1 })],
    ['header: the number of intervals in a group is 0; expected 1 to 65536', fileOf({ intervalsPerGroup: 0 })],
    ['header: the flag byte is 2; expected 0 to 1', fileOf({ flags: 2 })],
    ['header: its text has 65537 bytes; expected at most 65536', fileOf({ text: ' '.repeat(65_537) })],
    ['header: its text cannot be parsed; expected JSON in ASCII', fileOf({ text: '{' })],
    ['header: its text cannot be parsed; expected JSON in ASCII', fileOf({ text: '"\u00e4"' })],
    ['header: its text is missing or of the wrong kind; expected an object', fileOf({ text: '[]' })],
    ['header: "workload" is missing or of the wrong kind; expected a text', aboutWith({ workload: undefined })],
    ['header: a version is missing or of the wrong kind; expected a text', aboutWith({ versions: { qemu: 7 } })],
    [
      'header: "basis.writes" is missing or of the wrong kind; expected "measured" or "estimated"',
      aboutWith({ basis: { ...about.basis, writes: 'guessed' } }),
    ],
    ['keyframe: 1 bytes are left over; expected none', fileOf({ keyframe: [...parts.keyframe, new Uint8Array(0)] })],
    [
      'keyframe, content classes: they take 4 bytes; expected 5 or more',
      fileOf({ keyframe: [varints(1, 1, 1, 1), parts.keyframe[1]!] }),
    ],
    [
      'keyframe, content classes: it ends after 5 bytes; expected 1 more',
      fileOf({ keyframe: [varints(1, 1, 1, 300), parts.keyframe[1]!] }),
    ],
    [
      'keyframe, content classes: 1 bytes are left over; expected none',
      fileOf({ keyframe: [varints(1, 1, 1, 1, 1, 1), parts.keyframe[1]!] }),
    ],
    [
      'keyframe, content classes: the number at byte 0 is too large; expected at most 32 bits',
      fileOf({ keyframe: [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x1f), parts.keyframe[1]!] }),
    ],
    [
      'keyframe, compressed sizes: it expands to more than 5 bytes; expected no more than it can need',
      fileOf({ keyframe: [parts.keyframe[0]!, new Uint8Array(6)] }),
    ],
    [
      'keyframe, compressed sizes: page 1 takes 65 units; expected 0 to 64',
      fileOf({ keyframe: [parts.keyframe[0]!, Uint8Array.of(64, 65, 0, 0, 0)] }),
    ],
    ['group 0, dirty counts: interval 1 has 6; expected at most 5', inGroup(0, varints(2, 6))],
    ['group 0, dirty counts: 1 bytes are left over; expected none', inGroup(0, varints(2, 1, 0))],
    ['group 0, page numbers: there is a page 5; expected 0 to 4', inGroup(1, varints(1, 3, 3))],
    ['group 0, page numbers: there is a page 4294967295; expected 0 to 4', inGroup(1, varints(2 ** 32 - 1, 3, 3))],
    ['group 0, page numbers: 1 bytes are left over; expected none', inGroup(1, varints(1, 1, 3, 0))],
    ['group 0, content classes: they take 2 bytes; expected 3 or more', inGroup(2, varints(1, 1))],
    ['group 0, content classes: 1 bytes are left over; expected none', inGroup(2, varints(1, 1, 1, 1))],
    ['group 0, compressed sizes: there is a value 65; expected 0 to 64', inGroup(3, Uint8Array.of(0, 65, 0))],
    ['group 0, delta classes: there is a value 16; expected 0 to 15', inGroup(4, Uint8Array.of(0, 16, 0))],
    [
      'group 0: 2 bytes are left over; expected none',
      fileOf({ groups: [[...group, new Uint8Array(0), new Uint8Array(0)]] }),
    ],
  ];
  for (const [message, bytes] of refused) {
    it(`is refused: ${message}`, () => {
      expect(() => readTrace(bytes)).to.throw(TraceError).with.property('message', `Recorded trace, ${message}.`);
    });
  }

  it('makes no room for pages that it only claims', () => {
    // Claims of gigabytes, with nothing behind them: each is refused before its pages are asked for.
    const most = 2 ** 20;
    const keyframe = [new Uint8Array(most), new Uint8Array(most)];
    const claim = (changes: Partial<FileParts>) =>
      fileOf({ pageCount: most, keyframe, intervalsPerGroup: 65_536, ...changes });
    const counts = varints(...new Array<number>(65_536).fill(most));
    expect(() => readTrace(claim({ keyframe: parts.keyframe }))).to.throw(
      TraceError,
      'keyframe, content classes: they take 7 bytes; expected 1048576 or more.',
    );
    expect(() => readTrace(claim({ intervals: 65_536, groups: [[counts, varints(1)]] }))).to.throw(
      TraceError,
      'group 0, dirty counts: 17825792 page numbers are too many; expected at most 16777216 in a trace.',
    );
    expect(() => readTrace(claim({ intervals: 3, groups: [[varints(0, 0, most), varints(1)]] }))).to.throw(
      TraceError,
      'group 0, page numbers: they take 1 bytes; expected 1048576 or more.',
    );
  });

  it('is refused if its groups, or its writes and reads, are too many only together', () => {
    const pageCount = 2 ** 16;
    const empty = new Uint8Array(0);
    const keyframe = [new Uint8Array(pageCount), new Uint8Array(pageCount)];
    const one = [varints(1, ...new Array<number>(255).fill(0)), varints(0)];
    const none = [varints(...new Array<number>(256).fill(0)), empty];
    const limit = [varints(...new Array<number>(256).fill(pageCount)), empty];
    const contents = (length: number) => [new Uint8Array(length), new Uint8Array(length), new Uint8Array(length)];
    const long = { pageCount, keyframe, intervals: 512, intervalsPerGroup: 256 };
    const many = '16777217 page numbers are too many; expected at most 16777216 in a trace.';
    expect(() => readTrace(fileOf({ ...long, groups: [[...one, ...contents(1)], limit] }))).to.throw(
      TraceError,
      `group 1, dirty counts: ${many}`,
    );
    expect(() => readTrace(fileOf({ ...long, flags: 1, groups: [[...one, ...contents(1), ...limit]] }))).to.throw(
      TraceError,
      `group 0, read counts: ${many}`,
    );
    const readsFirst = [[...none, ...contents(0), ...one], limit];
    expect(() => readTrace(fileOf({ ...long, flags: 1, groups: readsFirst }))).to.throw(
      TraceError,
      `group 1, dirty counts: ${many}`,
    );
    // Alone, so many are within the limit, and only their absence is in the way.
    expect(() => readTrace(fileOf({ ...long, groups: [limit] }))).to.throw(
      TraceError,
      'group 0, page numbers: they take 0 bytes; expected 16777216 or more.',
    );
  });
});

describe('expanding a block', () => {
  it('gives what zlib compressed, in pieces of any length', () => {
    const lengths = fc.oneof(fc.nat(3000), fc.integer({ min: 60_000, max: 140_000 }));
    fc.assert(
      fc.property(lengths, fc.nat(255), fc.constantFrom(0, 1, 9), fc.nat(), (length, values, level, seed) => {
        const bytes = Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 2654435761) >>> 24) % (values + 1));
        expect(Buffer.compare(inflate(deflateRawSync(bytes, { level }), length, 'here'), bytes)).to.equal(0);
      }),
    );
  });

  it('stops soon after the limit, however much would follow', () => {
    // What follows the first MiB is damaged, so that a reader who goes on meets that first.
    const bomb = deflateRawSync(new Uint8Array(2 ** 23));
    const damaged = Buffer.concat([bomb.subarray(0, 2048), Buffer.alloc(6000, 0xff)]);
    expect(() => inflate(damaged, 1000, 'here')).to.throw(TraceError, 'here: it expands to more than 1000 bytes');
    expect(() => inflate(damaged, 2 ** 23, 'here')).to.throw(TraceError, 'here: its data is damaged');
  });

  it('takes as much as the limit, and no more', () => {
    const five = deflateRawSync(new Uint8Array(5));
    expect(inflate(five, 5, 'here').length).to.equal(5);
    expect(() => inflate(five, 4, 'here')).to.throw(TraceError, 'more than 4 bytes');
  });

  it('refuses what ends early', () => {
    const bytes = deflateRawSync(Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 3));
    for (const length of [1, 10, 1023, 1024, 1025, bytes.length - 1]) {
      expect(() => inflate(bytes.subarray(0, length), 5000, 'here'), `${length}`).to.throw(TraceError, 'damaged');
    }
  });
});
