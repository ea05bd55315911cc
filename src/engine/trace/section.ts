import { ByteReader, type ByteWriter } from './bytes';
import { crc32 } from './crc32';
import { deflate, inflate } from './deflate';
import { TraceError } from './trace-error';

/** A section is its length, its payload and the payload's CRC-32, so that damage is found before it is believed. */
export function writeSection(file: ByteWriter, payload: Uint8Array): void {
  file.uint32(payload.length);
  file.bytes(payload);
  file.uint32(crc32(payload));
}

/** The payload of the next section, which messages will call `where`. */
export function readSection(file: ByteReader, where: string): ByteReader {
  const payload = file.bytes(file.uint32());
  if (file.uint32() !== crc32(payload)) {
    throw new TraceError(where, 'its checksum does not match its bytes', 'an undamaged file');
  }
  return new ByteReader(payload, where);
}

/** A block is one column of a section: its length as a varint, then its values, deflated. No values take one byte. */
export function writeBlock(section: ByteWriter, values: Uint8Array): void {
  const compressed = values.length === 0 ? values : deflate(values);
  section.varint(compressed.length);
  section.bytes(compressed);
}

/**
 * The values of the next block, which messages will call `what`: `count` of them, of at most `bytesEach` bytes. No more
 * than that is ever expanded, and whoever makes room for `count` values afterwards knows that so many bytes are there.
 */
export function readBlock(section: ByteReader, what: string, count: number, bytesEach: number): ByteReader {
  const where = `${section.where}, ${what}`;
  const compressed = section.bytes(section.varint());
  const values = compressed.length === 0 ? compressed : inflate(compressed, count * bytesEach, where);
  if (values.length < count) throw new TraceError(where, `they take ${values.length} bytes`, `${count} or more`);
  return new ByteReader(values, where);
}
