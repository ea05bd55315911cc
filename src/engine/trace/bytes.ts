import { TraceError } from './trace-error';

/** The longest variable-length number: 32 bits in ULEB128. */
export const MAX_VARINT_BYTES = 5;

/** Bytes being written, little endian, in a buffer that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  byte(value: number): void {
    this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  uint32(value: number): void {
    this.#grow(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  float64(value: number): void {
    this.#grow(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A whole number from 0 to 2³² − 1 as ULEB128: seven bits a byte, the lowest first. */
  varint(value: number): void {
    this.#grow(MAX_VARINT_BYTES);
    for (; value >= 0x80; value >>>= 7) this.#bytes[this.#length++] = (value & 0x7f) | 0x80;
    this.#bytes[this.#length++] = value;
  }

  bytes(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** All bytes written so far. */
  written(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + by));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Bytes being read, little endian. Whatever cannot be read is a TraceError that names `where`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(
    bytes: Uint8Array,
    readonly where: string,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  varint(): number {
    const start = this.#at;
    // Nearly all numbers of a trace are small. Beyond the end there is no byte, which is not below 0x80 either.
    const first = this.#bytes[start]!;
    if (first < 0x80) {
      this.#at++;
      return first;
    }
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80 && value < 2 ** 32) return value;
      if (byte < 0x80) break;
    }
    throw new TraceError(this.where, `the number at byte ${start} is too large`, 'at most 32 bits');
  }

  /** The next `count` bytes, not copied. */
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  end(): void {
    if (this.left > 0) throw new TraceError(this.where, `${this.left} bytes are left over`, 'none');
  }

  #take(count: number): number {
    if (count > this.left) {
      throw new TraceError(this.where, `it ends after ${this.#bytes.length} bytes`, `${count - this.left} more`);
    }
    this.#at += count;
    return this.#at - count;
  }
}
