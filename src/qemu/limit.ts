import type { Plan } from './mapping';
import { QemuError } from './qemu-error';

/** Nobody waits for longer: seconds. */
const LONGEST_SECONDS = 3600;

/** How long the guest's memory takes at least, seconds. */
export function estimateSeconds({ program, scenario, parameters }: Plan): number {
  const rates = [scenario.link.bytesPerSecond, scenario.maxBandwidth ?? Infinity, parameters['max-postcopy-bandwidth'] ?? Infinity];
  const rate = Math.min(...rates.map(Number));
  return (program.memoryBytes * (1 - program.zeroFraction)) / rate;
}

/** After so long a migration will not come to its end: seconds. Throws if nobody would wait for so long. */
export function limitFor(plan: Plan): number {
  const estimate = estimateSeconds(plan);
  if (estimate > LONGEST_SECONDS) {
    throw new QemuError(
      `This migration would take ${Math.round(estimate / 60)} minutes at least: choose a faster \`link\` or a smaller ` +
        '`guest.memory`.',
      ['link.bandwidth', 'maxBandwidth', 'guest.memory'],
    );
  }
  return 20 + 10 * estimate;
}
