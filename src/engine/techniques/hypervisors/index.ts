import { cloudHypervisor } from './cloud-hypervisor';
import { hyperV } from './hyper-v';
import type { Preset } from './preset';
import { qemu } from './qemu';
import { xen } from './xen';
import { xenLegacy } from './xen-legacy';

export type { Preset } from './preset';
export { qemuOverGigabit } from './qemu-gigabit';
export { queryMigrate, type QueryMigrate } from './query-migrate';

/** The hypervisors by the names that experiments use. */
export const presets = {
  'xen-legacy': xenLegacy,
  xen,
  qemu,
  'cloud-hypervisor': cloudHypervisor,
  'hyper-v': hyperV,
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
