import { scatteringStep } from '../../engine/guest/pattern';
import { Assembler, at } from './assembler';
import { machine, multibootHeader, printing, SERIAL, tables, ticking, wait } from './machine';

/** What the guest does: one workload for as long as it runs. */
export interface GuestProgram {
  /** A multiple of 1 MiB, from 4 MiB to 3 GiB: above, a PC puts memory where 32 bits do not reach. */
  readonly memoryBytes: number;
  /** Page writes per second of the guest's own time; 0: idle. At most 3,500,000. */
  readonly writesPerSecond: number;
  /** As in the engine's `patternOf`. */
  readonly pattern: 'random' | 'sequential' | 'linear' | 'hot-cold' | 'once';
  /** Writes go into this window, which begins at `WINDOW_START`. */
  readonly workingSetPages: number;
  /**
   * Fraction of the pages that hold only zeros when the guest is ready, 0 to 1; they are the highest ones, as in the
   * engine, but for `FIRMWARE_ZERO_PAGES`. All others are filled with words that compress badly.
   */
  readonly zeroFraction: number;
  readonly seed: number;
  /**
   * How much missed work it makes up for, seconds. 0.002 loses what it could not do while it was held up, as a guest does
   * that is bound by its CPU; a guest that serves requests would catch up.
   */
  readonly debtCapSeconds: number;
  /** Bytes of the page that a write changes, side by side, 1 to 4092; default: 64, as the engine assumes. */
  readonly deltaBytes?: number;
}

/** Guest-physical address of the first page that the workload writes, bytes. The program lies below. */
export const WINDOW_START = 0x20_0000;
/** Where in each page its 32-bit counter of writes is, bytes. Every other byte of the delta lies just before it. */
export const COUNTER_OFFSET = 4092;
/** Guest-physical address of the 32-bit count of all page writes, which runs at most one write behind the pages. */
export const WRITTEN_ADDRESS = 0x10_0020;
/** What the guest prints when its memory is filled; heartbeats follow. */
export const READY_MARK = 'ready\n';

/** Page 0 of the program holds its variables, for TCG has to look for translated code at every write into a page of code. */
const DATA = 0x10_0000;
const PAGE = 4096;

/** 90 % of the touches go to 10 % of the pages: what `hot-cold` means in the experiment format. */
export const HOT_TOUCHES = Math.round(0.9 * 0x1_0000_0000);
export const hotPages = (workingSetPages: number): number => Math.max(1, Math.round(workingSetPages * 0.1));
/** Each number drawn is the state of a xorshift generator times this: the multiplication mixes the upper bits. */
export const SCRAMBLE = 0x9e3779b1;
const MIX = 0x85ebca6b;

/** Where the generator starts: anything but 0, where xorshift would stay. */
export const generatorStart = (seed: number): number => (Math.imul(seed, SCRAMBLE) ^ 0x5bd1e995) >>> 0 || 1;
export const patternStep = ({ pattern, workingSetPages }: GuestProgram): number =>
  pattern === 'linear' ? scatteringStep(workingSetPages) : 1;

/** The ACPI timer counts virtual time at this rate in 24 bits (ACPI 4.8.3.3); SeaBIOS puts it on this port of a PC. */
const TIMER_HZ = 3_579_545;
const TIMER_PORT = 0x608;
/** Less than one page for each count of the timer: what is due is reckoned as a fraction of it. */
export const MOST_WRITES_PER_SECOND = 3_500_000;
/** Below 640 KiB there is memory; from there to 1 MiB are the video memory and the firmware. */
const LOW_MEMORY_END = 0xa_0000;
/**
 * Pages between 640 KiB and 1 MiB that hold zeros and cannot be written: video memory and the firmware's own (counted in
 * the memory of a guest with SeaBIOS 1.16 and no video card).
 */
export const FIRMWARE_ZERO_PAGES = 67;
/** SeaBIOS leaves tables 16 MiB below the top of memory; what is not zero in this much at the top is made so, bytes. */
const FIRMWARE_TOP = 0x200_0000;

/**
 * The program as a multiboot kernel (Multiboot Specification 0.6.96) for QEMU's `-kernel`: a header with addresses and a
 * flat binary. It fills the memory, prints `READY_MARK` on COM1, and then, each millisecond of its time, writes the
 * pages that are due and a heartbeat (see heartbeat.ts).
 * @throws RangeError for figures that are out of range
 */
export function guestImage(program: GuestProgram): Uint8Array {
  check(program);
  const a = new Assembler(DATA);
  multibootHeader(a, 'start');
  variables(a, program);
  tables(a);
  a.align(PAGE);
  a.label('start');
  machine(a, WINDOW_START);
  memory(a, program);
  for (const letter of READY_MARK) {
    a.mov('eax', letter.charCodeAt(0));
    a.call('print');
  }
  a.mov('edx', TIMER_PORT);
  a.inLong();
  a.mov(at('lastTimer'), 'eax');
  a.mov('esi', generatorStart(program.seed));
  a.label('millisecond');
  wait(a);
  clock(a, program);
  writes(a, program);
  heartbeat(a);
  a.jmp('millisecond');
  printing(a);
  ticking(a);
  drawing(a);
  a.align(PAGE);
  a.label('end');
  return a.assemble();
}

function check({ memoryBytes, writesPerSecond, workingSetPages, zeroFraction, debtCapSeconds, deltaBytes = 64 }: GuestProgram): void {
  const window = (memoryBytes - WINDOW_START) / PAGE;
  const rules: [boolean, string][] = [
    [memoryBytes % 0x10_0000 === 0 && memoryBytes >= 4 * 0x10_0000 && memoryBytes <= 3 * 0x4000_0000,
      `the guest's memory is a multiple of 1 MiB from 4 MiB to 3 GiB, not ${memoryBytes} bytes`],
    [writesPerSecond >= 0 && writesPerSecond <= MOST_WRITES_PER_SECOND, `the guest writes 0 to 3,500,000 pages/s, not ${writesPerSecond}`],
    [Number.isInteger(workingSetPages) && workingSetPages >= 1 && workingSetPages <= window,
      `the working set is 1 to ${window} pages, not ${workingSetPages}: the guest's program takes 2 MiB`],
    [zeroFraction >= 0 && zeroFraction <= 1, `the fraction of zero pages is 0 to 1, not ${zeroFraction}`],
    [debtCapSeconds >= 0, `the debt cap is not negative, as ${debtCapSeconds} is`],
    [Number.isInteger(deltaBytes) && deltaBytes >= 1 && deltaBytes <= COUNTER_OFFSET,
      `a write changes 1 to ${COUNTER_OFFSET} bytes, not ${deltaBytes}`],
  ];
  for (const [holds, otherwise] of rules) if (!holds) throw new RangeError(otherwise);
}

function variables(a: Assembler, { workingSetPages, pattern }: GuestProgram): void {
  const hot = hotPages(workingSetPages);
  const initial: [string, number][] = [
    ['written', 0],
    ['ticks', 0], // interrupts of the timer
    ['seen', 0], // `ticks` when this millisecond's work began
    ['lastTimer', 0],
    ['owedFraction', 0], // pages due, in units of 2⁻³², and …
    ['owed', 0], // … whole ones
    ['millisecondFraction', 0],
    ['milliseconds', 0], // of the guest's time
    ['position', 0], // where a walk through the window is
    ['left', pattern === 'once' ? workingSetPages : 0],
    ['window', workingSetPages],
    ['hot', hot],
    ['cold', workingSetPages - hot],
  ];
  for (const [name, value] of initial) {
    a.label(name);
    a.long(value);
  }
}

/** Fills what is not to be zero. Pages get words that differ, and a counter of writes that is 0. */
function memory(a: Assembler, { memoryBytes, zeroFraction }: GuestProgram): void {
  const zeroPages = Math.max(0, Math.round((memoryBytes / PAGE) * zeroFraction) - FIRMWARE_ZERO_PAGES);
  const filled = Math.max(memoryBytes - zeroPages * PAGE, WINDOW_START);
  a.mov('esi', SCRAMBLE);
  for (const [from, to] of [[0, LOW_MEMORY_END], ['end', WINDOW_START - PAGE], [WINDOW_START, filled]] as const) {
    fill(a, from, to);
  }
  wipe(a, Math.max(filled, memoryBytes - FIRMWARE_TOP), memoryBytes);
}

/** Gives words to whole pages from one address up to another: each word is the one before plus a constant. */
function fill(a: Assembler, from: number | string, to: number): void {
  if (from === to) return;
  const wordsAtOnce = 16;
  const loop = `fill from ${from}`;
  a.mov('edi', from);
  a.label(loop);
  for (let word = 0; word < wordsAtOnce; word++) {
    a.add('esi', SCRAMBLE);
    a.mov(at('edi', 4 * word), 'esi');
  }
  a.add('edi', 4 * wordsAtOnce);
  a.mov('eax', 'edi');
  a.and('eax', PAGE - 1);
  a.jumpIf('notZero', loop);
  a.mov(at('edi', COUNTER_OFFSET - PAGE), 0);
  // Each page begins at another place of the words' cycle, so that hardly two of them are alike.
  a.imul('esi', 'esi', MIX);
  a.add('esi', 'edi');
  a.cmp('edi', to);
  a.jumpIf('below', loop);
}

/** Zeroes what is not zero, and only that: a page that nobody wrote costs the host no memory. */
function wipe(a: Assembler, from: number, to: number): void {
  if (from === to) return;
  a.mov('edi', from);
  a.label('wipe');
  a.cmp(at('edi'), 0);
  a.jumpIf('zero', 'wiped');
  a.mov(at('edi'), 0);
  a.label('wiped');
  a.add('edi', 4);
  a.cmp('edi', to);
  a.jumpIf('below', 'wipe');
}

/** How many pages are due by the guest's clock, which does not miss what the timer's interrupts miss. */
function clock(a: Assembler, { writesPerSecond, debtCapSeconds }: GuestProgram): void {
  const perCount = (perSecond: number): number => Math.round((perSecond / TIMER_HZ) * 0x1_0000_0000);
  const cap = Math.min(Math.max(1, Math.round(writesPerSecond * debtCapSeconds)), 0x7fff_ffff);
  a.mov('edx', TIMER_PORT);
  a.inLong();
  a.mov('ecx', 'eax');
  a.sub('ecx', at('lastTimer'));
  a.and('ecx', 0xff_ffff);
  a.mov(at('lastTimer'), 'eax');
  for (const [fraction, whole, rate] of [
    ['millisecondFraction', 'milliseconds', perCount(1000)], ['owedFraction', 'owed', perCount(writesPerSecond)],
  ] as const) {
    a.mov('eax', rate);
    a.mul('ecx');
    a.add(at(fraction), 'eax');
    a.adc(at(whole), 'edx');
  }
  a.cmp(at('owed'), cap);
  a.jumpIf('notAbove', 'withinCap');
  a.mov(at('owed'), cap);
  a.mov(at('owedFraction'), 0);
  a.label('withinCap');
}

/** Writes what is due; what is not done by the next interrupt waits until its heartbeat is out. */
function writes(a: Assembler, program: GuestProgram): void {
  const { pattern, deltaBytes = 64 } = program;
  a.mov('ebx', at('owed'));
  a.label('write');
  a.test('ebx', 'ebx');
  a.jumpIf('zero', 'written enough');
  if (pattern === 'once') {
    a.cmp(at('left'), 0);
    a.jumpIf('zero', 'written enough');
    a.sub(at('left'), 1);
  }
  choosePage(a, program);
  a.shl('edx', 12);
  a.inc(at('edx', WINDOW_START + COUNTER_OFFSET));
  // The counter's lowest byte changes at every write; adding 1 to each byte before it changes them all, carry or not.
  const words = Math.floor((deltaBytes - 1) / 4);
  for (let word = 1; word <= words; word++) {
    a.add(at('edx', WINDOW_START + COUNTER_OFFSET - 4 * word), 0x01010101);
  }
  for (let byte = 4 * words + 1; byte < deltaBytes; byte++) a.incByte(at('edx', WINDOW_START + COUNTER_OFFSET - byte));
  a.inc(at('written'));
  a.dec('ebx');
  a.mov('eax', at('ticks'));
  a.cmp('eax', at('seen'));
  a.jumpIf('zero', 'write');
  a.label('written enough');
  a.mov(at('owed'), 'ebx');
}

/** The number of the next page of the window, into edx. */
function choosePage(a: Assembler, program: GuestProgram): void {
  const { pattern, workingSetPages } = program;
  switch (pattern) {
    case 'random':
      a.call('draw');
      a.mul(at('window'));
      return;
    case 'hot-cold':
      if (hotPages(workingSetPages) < workingSetPages) {
        a.call('draw');
        a.cmp('eax', HOT_TOUCHES);
        a.jumpIf('below', 'hotTouch');
        a.call('draw');
        a.mul(at('cold'));
        a.add('edx', at('hot'));
        a.jmp('chosen');
        a.label('hotTouch');
      }
      a.call('draw');
      a.mul(at('hot'));
      a.label('chosen');
      return;
    case 'sequential':
    case 'linear':
    case 'once':
      a.mov('edx', at('position'));
      a.mov('eax', 'edx');
      a.add('eax', patternStep(program));
      a.cmp('eax', at('window'));
      a.jumpIf('below', 'inWindow');
      a.sub('eax', at('window'));
      a.label('inWindow');
      a.mov(at('position'), 'eax');
  }
}

/** Five bytes of seven bits, the first marked by its highest: two of guest milliseconds, three of pages written. */
function heartbeat(a: Assembler): void {
  // If nobody takes the bytes, the guest works on without a heartbeat.
  a.mov('edx', SERIAL + 5);
  a.inByte();
  a.and('eax', 0x20);
  a.jumpIf('zero', 'silent');
  const parts = [['milliseconds', 0, 0x80], ['milliseconds', 7, 0], ['written', 0, 0], ['written', 7, 0], ['written', 14, 0]] as const;
  for (const [variable, shift, mark] of parts) {
    a.mov('eax', at(variable));
    if (shift > 0) a.shr('eax', shift);
    a.and('eax', 0x7f);
    if (mark > 0) a.add('eax', mark);
    a.call('print');
  }
  a.label('silent');
}

function drawing(a: Assembler): void {
  // A random number of 32 bits, into eax (Marsaglia, "Xorshift RNGs", 2003); its state stays in esi.
  a.label('draw');
  for (const [shift, bits] of [['shl', 13], ['shr', 17], ['shl', 5]] as const) {
    a.mov('eax', 'esi');
    a[shift]('eax', bits);
    a.xor('esi', 'eax');
  }
  a.imul('eax', 'esi', SCRAMBLE);
  a.ret();
}
