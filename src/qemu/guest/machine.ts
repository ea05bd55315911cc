import { at, type Assembler } from './assembler';

/** The 8254 counts at this rate (its datasheet's PC clock), so one interrupt each millisecond is this many counts. */
const PIT_COUNTS = Math.round(1_193_182 / 1000);
const TICK_VECTOR = 0x20;
export const SERIAL = 0x3f8;
const CODE_SEGMENT = 8;
const DATA_SEGMENT = 16;

/** The header of a flat binary that is loaded as a whole to the assembler's origin, 32 bytes. */
export function multibootHeader(a: Assembler, entry: string): void {
  const magic = 0x1badb002;
  const addresses = 0x1_0000;
  a.long(magic);
  a.long(addresses);
  a.long(-(magic + addresses));
  a.long(a.origin); // where this header is
  a.long(a.origin); // load to
  a.long(0); // the whole file
  a.long(0); // no memory to clear behind it
  a.long(entry);
}

/** Flat segments, and the one interrupt (Intel SDM 3, 3.4.5 and 6.11). */
export function tables(a: Assembler): void {
  a.align(8);
  a.label('segments');
  a.bytes(0, 0, 0, 0, 0, 0, 0, 0);
  a.bytes(0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0);
  a.bytes(0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0);
  a.label('segmentTable');
  a.word(3 * 8 - 1);
  a.long('segments');
  a.align(8);
  a.label('gates');
  for (let vector = 0; vector < TICK_VECTOR; vector++) a.bytes(0, 0, 0, 0, 0, 0, 0, 0);
  // The address of the handler is split in the gate; it is put there by the program.
  a.label('tickGate');
  a.long(0);
  a.label('upper half of tickGate');
  a.long(0);
  a.label('interruptTable');
  a.word((TICK_VECTOR + 1) * 8 - 1);
  a.long('gates');
}

/** Protected mode without paging, the stack below `stack`, an interrupt each millisecond, and COM1. */
export function machine(a: Assembler, stack: number): void {
  a.cli();
  a.lgdt('segmentTable');
  a.jmpFar(CODE_SEGMENT, 'flat');
  a.label('flat');
  a.mov('eax', DATA_SEGMENT);
  a.movDataSegments('eax');
  a.mov('esp', stack);

  // An interrupt gate: present, 32 bits.
  a.mov('eax', 'tick');
  a.and('eax', 0xffff);
  a.add('eax', CODE_SEGMENT << 16);
  a.mov(at('tickGate'), 'eax');
  a.mov('eax', 'tick');
  a.and('eax', 0xffff0000);
  a.add('eax', 0x8e00);
  a.mov(at('upper half of tickGate'), 'eax');
  a.lidt('interruptTable');

  // The interrupt controllers (8259A): interrupts from TICK_VECTOR on, all masked but the timer's.
  for (const [port, value] of [
    [0x20, 0x11], [0xa0, 0x11], [0x21, TICK_VECTOR], [0xa1, TICK_VECTOR + 8], [0x21, 4], [0xa1, 2], [0x21, 1], [0xa1, 1],
    [0x21, 0xfe], [0xa1, 0xff],
  ]) out(a, port, value);
  // The timer's channel 0 counts down again and again (mode 2).
  for (const [port, value] of [[0x43, 0x34], [0x40, PIT_COUNTS & 0xff], [0x40, PIT_COUNTS >> 8]]) out(a, port, value);
  // COM1 (16550): no interrupts, 115200 baud, 8 bits, no buffer.
  for (const [register, value] of [[1, 0], [3, 0x80], [0, 1], [1, 0], [3, 3], [2, 0], [4, 3]]) {
    out(a, SERIAL + register, value);
  }
}

function out(a: Assembler, port: number, value: number): void {
  a.mov('edx', port);
  a.mov('eax', value);
  a.outByte();
}

/** Sleeps until the timer's next interrupt, unless it was there already. Uses the variables `ticks` and `seen`. */
export function wait(a: Assembler): void {
  a.label('wait');
  a.cli();
  a.mov('eax', at('ticks'));
  a.cmp('eax', at('seen'));
  a.jumpIf('notZero', 'due');
  // `sti` takes effect after the instruction that follows it, so no interrupt can come between the two.
  a.sti();
  a.hlt();
  a.jmp('wait');
  a.label('due');
  a.sti();
  a.mov(at('seen'), 'eax');
}

/** The subroutine `print`: the byte in al goes to COM1; spoils ecx and edx. */
export function printing(a: Assembler): void {
  a.label('print');
  a.mov('ecx', 'eax');
  a.mov('edx', SERIAL + 5);
  a.label('full');
  a.inByte();
  a.and('eax', 0x20);
  a.jumpIf('zero', 'full');
  a.mov('eax', 'ecx');
  a.mov('edx', SERIAL);
  a.outByte();
  a.ret();
}

/** The handler of the timer's interrupt: counts the variable `ticks`. */
export function ticking(a: Assembler): void {
  a.label('tick');
  a.push('eax');
  a.push('edx');
  a.inc(at('ticks'));
  out(a, 0x20, 0x20); // end of interrupt
  a.pop('edx');
  a.pop('eax');
  a.iret();
}
