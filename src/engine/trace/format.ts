import { aboutFromBytes, aboutToBytes } from './about';
import { ByteReader, ByteWriter, MAX_VARINT_BYTES } from './bytes';
import { checkSetting, checkTrace, checkWhole } from './check-trace';
import { LastSizes, readGroup, writeGroup } from './group';
import { readBlock, readSection, writeBlock, writeSection } from './section';
import { MAX_COMPRESSED_UNITS, MAX_INTERVALS, type PageContents, type Trace, type TraceInterval } from './trace';
import { TraceError } from './trace-error';

/**
 * The first eight bytes of a file. As in PNG (W3C, Portable Network Graphics, 5.2) the first one is not text, and line
 * ends and an end-of-file sign follow, so that a copy made in text mode is recognised at once.
 */
const MAGIC = Uint8Array.of(0x89, 0x56, 0x4d, 0x54, 0x0d, 0x0a, 0x1a, 0x0a);
const FORMAT_VERSION = 1;

/** Groups of this length are what a reader can jump between. */
const GROUP_SECONDS = 5;

/** Assumption: nobody describes a trace in more words. */
const MAX_ABOUT_BYTES = 65_536;

/** Flag of the header: the intervals say which pages were read. */
const HAS_READS = 1;

/**
 * The trace as a file (`docs/trace-format.md`). The same trace gives the same bytes on every machine. Throws a
 * TraceError if it is not a valid trace.
 */
export function writeTrace(trace: Trace): Uint8Array {
  checkTrace(trace);
  const { start, intervals } = trace;
  const intervalsPerGroup = Math.min(Math.max(Math.round(GROUP_SECONDS / trace.intervalSeconds), 1), MAX_INTERVALS);
  const hasReads = intervals[0]?.readPages !== undefined;
  const file = new ByteWriter();
  file.bytes(MAGIC);
  file.uint32(FORMAT_VERSION);
  writeSection(file, headerOf(trace, intervalsPerGroup, hasReads));
  writeSection(file, keyframeOf(start));
  const sizes = new LastSizes(start.compressedUnits);
  for (let from = 0; from < intervals.length; from += intervalsPerGroup) {
    writeSection(file, writeGroup(intervals.slice(from, from + intervalsPerGroup), hasReads, sizes));
  }
  return file.written();
}

/**
 * Reads a file that `writeTrace` made. Throws a TraceError if it is damaged, incomplete, of a newer version, or larger
 * than a trace may be. It never makes room for more than the file has bytes for, even when the file claims more.
 */
export function readTrace(bytes: Uint8Array): Trace {
  const file = new ByteReader(bytes, 'file');
  checkStart(file);
  const header = readHeader(readSection(file, 'header'));
  const { pageCount, intervalSeconds, intervalCount, hasReads, about } = header;
  const start = readKeyframe(readSection(file, 'keyframe'), pageCount);
  const sizes = new LastSizes(start.compressedUnits);
  const trace: TraceInterval[] = [];
  let pageNumbers = 0;
  for (let group = 0; trace.length < intervalCount; group++) {
    const intervals = Math.min(header.intervalsPerGroup, intervalCount - trace.length);
    const section = readSection(file, `group ${group}`);
    for (const interval of readGroup(section, { intervals, pageCount, hasReads, pageNumbers }, sizes)) {
      trace.push(interval);
      pageNumbers += interval.pages.length + (interval.readPages?.length ?? 0);
    }
  }
  file.end();
  return { pageCount, intervalSeconds, about, start, intervals: trace };
}

function checkStart(file: ByteReader): void {
  const start = file.left < MAGIC.length ? undefined : file.bytes(MAGIC.length);
  if (!start?.every((byte, i) => byte === MAGIC[i])) {
    throw new TraceError('file', 'it does not start like a trace', 'the bytes 89 56 4D 54 0D 0A 1A 0A');
  }
  const version = file.uint32();
  if (version > FORMAT_VERSION) {
    const what = `its format version ${version} is newer than this program`;
    throw new TraceError('file', what, `version ${FORMAT_VERSION}`);
  }
  if (version < FORMAT_VERSION) throw new TraceError('file', 'it has format version 0', `version ${FORMAT_VERSION}`);
}

function headerOf(trace: Trace, intervalsPerGroup: number, hasReads: boolean): Uint8Array {
  const text = aboutToBytes(trace.about);
  if (text.length > MAX_ABOUT_BYTES) throw longText(text.length);
  const header = new ByteWriter();
  header.uint32(trace.pageCount);
  header.float64(trace.intervalSeconds);
  header.uint32(trace.intervals.length);
  header.uint32(intervalsPerGroup);
  header.byte(hasReads ? HAS_READS : 0);
  header.bytes(text);
  return header.written();
}

function readHeader(header: ByteReader) {
  const pageCount = header.uint32();
  const intervalSeconds = header.float64();
  const intervalCount = header.uint32();
  checkSetting(pageCount, intervalSeconds, intervalCount);
  const intervalsPerGroup = header.uint32();
  checkWhole('number of intervals in a group', intervalsPerGroup, 1, MAX_INTERVALS);
  const flags = header.byte();
  checkWhole('flag byte', flags, 0, HAS_READS);
  if (header.left > MAX_ABOUT_BYTES) throw longText(header.left);
  const about = aboutFromBytes(header.bytes(header.left));
  return { pageCount, intervalSeconds, intervalCount, intervalsPerGroup, hasReads: flags === HAS_READS, about };
}

function longText(length: number): TraceError {
  return new TraceError('header', `its text has ${length} bytes`, `at most ${MAX_ABOUT_BYTES}`);
}

function keyframeOf({ classes, compressedUnits }: PageContents): Uint8Array {
  const keyframe = new ByteWriter();
  const column = new ByteWriter();
  for (const contentClass of classes) column.varint(contentClass);
  writeBlock(keyframe, column.written());
  writeBlock(keyframe, compressedUnits);
  return keyframe.written();
}

function readKeyframe(keyframe: ByteReader, pageCount: number): PageContents {
  const column = readBlock(keyframe, 'content classes', pageCount, MAX_VARINT_BYTES);
  const units = readBlock(keyframe, 'compressed sizes', pageCount, 1);
  keyframe.end();
  const classes = new Uint32Array(pageCount);
  for (let page = 0; page < pageCount; page++) classes[page] = column.varint();
  column.end();
  const compressedUnits = units.bytes(pageCount);
  const large = compressedUnits.findIndex((size) => size > MAX_COMPRESSED_UNITS);
  if (large >= 0) {
    const what = `page ${large} takes ${compressedUnits[large]} units`;
    throw new TraceError(units.where, what, `0 to ${MAX_COMPRESSED_UNITS}`);
  }
  return { classes, compressedUnits };
}
