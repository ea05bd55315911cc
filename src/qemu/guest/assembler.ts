/**
 * An assembler for the instructions that the guest program needs, in 32-bit protected mode, and no more. Source:
 * Intel's Software Developer's Manual, volume 2 (opcodes and ModR/M bytes). Sizes are those of the operands' registers;
 * memory is 32 bits wide unless the instruction's name says otherwise.
 *
 * Jumps always take a displacement of 32 bits: one pass is enough, and a few bytes do not matter here.
 */
export class Assembler {
  readonly #bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #fixups: { at: number; label: string; relative: boolean }[] = [];

  /** @param origin the address at which the first byte will lie in memory */
  constructor(readonly origin: number) {}

  /** The address of the next byte. */
  get here(): number {
    return this.origin + this.#bytes.length;
  }

  /** @throws RangeError when the name is taken */
  label(name: string): void {
    if (this.#labels.has(name)) throw new RangeError(`the label ${name} is there already`);
    this.#labels.set(name, this.here);
  }

  /** What was assembled, with every label in its place. @throws RangeError for a label that nobody defined */
  assemble(): Uint8Array {
    const bytes = Uint8Array.from(this.#bytes);
    const view = new DataView(bytes.buffer);
    for (const { at, label, relative } of this.#fixups) {
      const address = this.address(label);
      // A relative jump counts from the end of its displacement, which is the end of the instruction.
      view.setUint32(at, relative ? address - (this.origin + at + 4) : address, true);
    }
    return bytes;
  }

  /** @throws RangeError for a label that is not (yet) defined */
  address(label: string): number {
    const address = this.#labels.get(label);
    if (address === undefined) throw new RangeError(`there is no label ${label}`);
    return address;
  }

  // Data.

  bytes(...values: number[]): void {
    this.#bytes.push(...values.map((value) => value & 0xff));
  }

  word(value: number): void {
    this.bytes(value, value >> 8);
  }

  /** A number, or the address of a label. */
  long(value: number | string): void {
    if (typeof value === 'number') return this.bytes(value, value >> 8, value >> 16, value >> 24);
    this.#fixups.push({ at: this.#bytes.length, label: value, relative: false });
    this.bytes(0, 0, 0, 0);
  }

  align(to: number): void {
    while (this.here % to !== 0) this.bytes(0);
  }

  // Moving.

  mov(to: Register | Memory, from: Register | Memory | number | string): void {
    if (isRegister(to)) {
      if (isRegister(from)) this.#modRm(0x89, REGISTERS.indexOf(from), to);
      else if (isMemory(from)) this.#modRm(0x8b, REGISTERS.indexOf(to), from);
      else this.#immediate([0xb8 + REGISTERS.indexOf(to)], from);
    } else if (isRegister(from)) {
      this.#modRm(0x89, REGISTERS.indexOf(from), to);
    } else if (isMemory(from)) {
      throw new RangeError('no instruction moves memory to memory');
    } else {
      this.#modRm(0xc7, 0, to);
      this.long(from);
    }
  }

  /** Loads all of the data segments from a register. */
  movDataSegments(from: Register): void {
    for (const segment of [/* es */ 0, /* ss */ 2, /* ds */ 3, /* fs */ 4, /* gs */ 5]) this.#modRm(0x8e, segment, from);
  }

  push(register: Register): void {
    this.bytes(0x50 + REGISTERS.indexOf(register));
  }

  pop(register: Register): void {
    this.bytes(0x58 + REGISTERS.indexOf(register));
  }

  // Calculating.

  add = this.#arithmetic(0);
  adc = this.#arithmetic(2);
  and = this.#arithmetic(4);
  sub = this.#arithmetic(5);
  xor = this.#arithmetic(6);
  cmp = this.#arithmetic(7);

  inc(operand: Register | Memory): void {
    if (isRegister(operand)) this.bytes(0x40 + REGISTERS.indexOf(operand));
    else this.#modRm(0xff, 0, operand);
  }

  dec(register: Register): void {
    this.bytes(0x48 + REGISTERS.indexOf(register));
  }

  incByte(memory: Memory): void {
    this.#modRm(0xfe, 0, memory);
  }

  /** Sets the flags as `and` would; with itself, `jz` then asks whether the register is zero. */
  test(a: Register, b: Register): void {
    this.#modRm(0x85, REGISTERS.indexOf(b), a);
  }

  /** edx:eax = eax × the operand, unsigned. */
  mul(by: Register | Memory): void {
    this.#modRm(0xf7, 4, by);
  }

  /** The low 32 bits of the product. */
  imul(to: Register, from: Register, by: number): void {
    this.#modRm(0x69, REGISTERS.indexOf(to), from);
    this.long(by);
  }

  shl(register: Register, bits: number): void {
    this.#modRm(0xc1, 4, register);
    this.bytes(bits);
  }

  shr(register: Register, bits: number): void {
    this.#modRm(0xc1, 5, register);
    this.bytes(bits);
  }

  // Going elsewhere.

  jmp(label: string): void {
    this.#relative([0xe9], label);
  }

  jumpIf(condition: Condition, label: string): void {
    this.#relative([0x0f, 0x80 + CONDITIONS[condition]], label);
  }

  call(label: string): void {
    this.#relative([0xe8], label);
  }

  ret(): void {
    this.bytes(0xc3);
  }

  /** A far jump, which loads the code segment. */
  jmpFar(segment: number, label: string): void {
    this.bytes(0xea);
    this.long(label);
    this.word(segment);
  }

  // The machine.

  /** Port dx, one byte, from al. */
  outByte(): void {
    this.bytes(0xee);
  }

  /** Port dx, one byte, into al. */
  inByte(): void {
    this.bytes(0xec);
  }

  /** Port dx, 32 bits, into eax. */
  inLong(): void {
    this.bytes(0xed);
  }

  lgdt(label: string): void {
    this.#modRm([0x0f, 0x01], 2, at(label));
  }

  lidt(label: string): void {
    this.#modRm([0x0f, 0x01], 3, at(label));
  }

  hlt(): void {
    this.bytes(0xf4);
  }

  cli(): void {
    this.bytes(0xfa);
  }

  sti(): void {
    this.bytes(0xfb);
  }

  iret(): void {
    this.bytes(0xcf);
  }

  #arithmetic(operation: number) {
    return (to: Register | Memory, from: Register | Memory | number): void => {
      if (isRegister(from)) this.#modRm(operation * 8 + 1, REGISTERS.indexOf(from), to);
      else if (isMemory(from)) {
        if (!isRegister(to)) throw new RangeError('no instruction takes two operands from memory');
        this.#modRm(operation * 8 + 3, REGISTERS.indexOf(to), from);
      } else {
        this.#modRm(0x81, operation, to);
        this.long(from);
      }
    };
  }

  #immediate(opcode: number[], value: number | string): void {
    this.bytes(...opcode);
    this.long(value);
  }

  #relative(opcode: number[], label: string): void {
    this.bytes(...opcode);
    this.#fixups.push({ at: this.#bytes.length, label, relative: true });
    this.bytes(0, 0, 0, 0);
  }

  /** An opcode and the byte that names a register (or extends the opcode) and a register or memory. */
  #modRm(opcode: number | number[], extension: number, operand: Register | Memory): void {
    this.bytes(...(typeof opcode === 'number' ? [opcode] : opcode));
    const middle = extension << 3;
    if (isRegister(operand)) return this.bytes(0xc0 | middle | REGISTERS.indexOf(operand));
    const { base, displacement } = operand;
    if (base === undefined) {
      this.bytes(middle | 0b101);
    } else {
      // Always with a displacement of 32 bits; esp as a base needs a second byte (SIB), which also says "no index".
      this.bytes(0x80 | middle | REGISTERS.indexOf(base));
      if (base === 'esp') this.bytes(0x24);
    }
    this.long(displacement);
  }
}

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;

export type Register = (typeof REGISTERS)[number];

/** The conditions of a jump, unsigned comparisons by their names in Intel's manual. */
const CONDITIONS = { below: 2, notBelow: 3, zero: 4, notZero: 5, notAbove: 6, above: 7 } as const;

export type Condition = keyof typeof CONDITIONS;

/** A place in memory: a base register (or none) and a displacement, which may be the address of a label. */
export interface Memory {
  readonly base?: Register;
  readonly displacement: number | string;
}

/** Memory at a label or an address, or `displacement` bytes behind where a register points. */
export function at(place: Register | number | string, displacement = 0): Memory {
  return isRegister(place) ? { base: place, displacement } : { displacement: place };
}

function isRegister(operand: unknown): operand is Register {
  return (REGISTERS as readonly unknown[]).includes(operand);
}

function isMemory(operand: unknown): operand is Memory {
  return typeof operand === 'object';
}
