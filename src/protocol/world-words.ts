import type { World } from '../lab/experiment/experiment';
import { capital } from './quantities';

/** What a world is called wherever one is shown. */
export const WORLD_NAMES: Readonly<Record<World, string>> = { simulator: 'simulator', qemu: 'QEMU' };

/** A run by its label, and by its world where there are two of them: `pre-copy, QEMU`. */
export function nameInWorld(label: string, world: World | undefined): string {
  return world === undefined ? label : `${label}, ${WORLD_NAMES[world]}`;
}

/** At the start of a sentence. */
export function capitalWorld(world: World): string {
  return capital(WORLD_NAMES[world]);
}
