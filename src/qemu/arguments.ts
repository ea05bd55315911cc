import type { Accelerator } from './accelerator';

/**
 * Added to the guest's memory, so that it is no multiple of 256 KiB: bytes. Else, migration in QEMU 7.2 misses
 * writes under TCG. Its shortcut for such sizes reads and clears 64 dirty bits at a time, and forgets to tell TCG's TLB, in
 * which a page that is written again and again stays marked as dirty already (include/exec/ram_addr.h:
 * cpu_physical_memory_sync_dirty_bitmap; mended upstream since, by cpu_physical_memory_dirty_bits_cleared). Seen with 7.2.22: the
 * destination had a variable that was written each millisecond as it had been 270 ms before. The smallest step of `-m`
 * is 8 KiB.
 */
export const PADDING_BYTES = 8192;

export interface Machine {
  accelerator: Accelerator;
  memoryBytes: number;
  /** The guest's program, a file. */
  kernel: string;
  /** Keep the guest's memory in this file, so that others can read it; default: nobody else can. */
  memoryFile?: string;
  /** Wait for a guest to come, instead of starting one. */
  incoming: boolean;
}

/** QEMU's arguments for one side of a migration: an old PC with nothing but memory, timers and what we connect to it. */
export function machineArguments({ accelerator, memoryBytes, kernel, memoryFile, incoming }: Machine): string[] {
  const bytes = memoryBytes + PADDING_BYTES;
  const memory = [
    `memory-backend-${memoryFile === undefined ? 'ram' : 'file'},id=memory,size=${bytes}`,
    ...(memoryFile === undefined ? [] : [`mem-path=${memoryFile.replaceAll(',', ',,')},share=on`]),
  ];
  return [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-vga', 'none'],
    ...['-machine', 'pc,memory-backend=memory', '-object', memory.join(','), '-m', `${bytes / 1024}K`],
    // One vCPU, one thread.
    ...['-smp', '1', '-accel', accelerator === 'tcg' ? 'tcg,thread=single' : 'kvm'],
    ...['-kernel', kernel],
    ...(incoming ? ['-incoming', 'defer'] : []),
  ];
}
