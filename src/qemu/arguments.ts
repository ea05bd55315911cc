import type { Accelerator } from './accelerator';

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
  const memory = [
    `memory-backend-${memoryFile === undefined ? 'ram' : 'file'},id=memory,size=${memoryBytes}`,
    ...(memoryFile === undefined ? [] : [`mem-path=${memoryFile.replaceAll(',', ',,')},share=on`]),
  ];
  return [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-vga', 'none'],
    ...['-machine', 'pc,memory-backend=memory', '-object', memory.join(','), '-m', `${memoryBytes / 2 ** 20}M`],
    // One vCPU, one thread.
    ...['-smp', '1', '-accel', accelerator === 'tcg' ? 'tcg,thread=single' : 'kvm'],
    ...['-kernel', kernel],
    ...(incoming ? ['-incoming', 'defer'] : []),
  ];
}
