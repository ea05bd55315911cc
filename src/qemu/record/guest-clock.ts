import { readSync } from 'node:fs';

/**
 * The guest's clock as its memory file has it. Linux counts ticks in `jiffies_64`; where that is in physical memory
 * follows from where the kernel's code is, with address space randomisation too.
 */
export class GuestClock {
  readonly #word = Buffer.alloc(8);

  constructor(
    /** File descriptor of the memory file, whose offsets are physical addresses. */
    private readonly memory: number,
    private readonly address: number,
    /** CONFIG_HZ of the kernel. */
    private readonly ticksPerSecond: number,
  ) {}

  /** Ticks since the guest started. Whole, and exact. */
  ticks(): number {
    readSync(this.memory, this.#word, 0, 8, this.address);
    return Number(this.#word.readBigUInt64LE()) - initialTicks(this.ticksPerSecond);
  }

  /** So many ticks take these seconds, rounded. */
  ticksIn(seconds: number): number {
    return Math.round(seconds * this.ticksPerSecond);
  }
}

/** Linux starts five minutes before its 32-bit counter overflows, to bring mistakes to light (include/linux/jiffies.h). */
export function initialTicks(ticksPerSecond: number): number {
  return 2 ** 32 - 300 * ticksPerSecond;
}

/**
 * The physical address of `jiffies_64` from the line that the guest prints: virtual addresses of it and of the kernel's
 * first byte, and the physical address of the latter. Undefined if it is another line.
 */
export function clockAddress(line: string): number | undefined {
  const found = /SYM jiffies ([0-9a-f]{16}) text ([0-9a-f]{16}) code\s+([0-9a-f]+)/.exec(line);
  if (!found) return undefined;
  const [jiffies, text, code] = found.slice(1).map((digits) => BigInt(`0x${digits}`));
  return Number(jiffies! - text! + code!);
}
