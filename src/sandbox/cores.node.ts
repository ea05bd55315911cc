import { availableParallelism } from 'node:os';

/** How many workers can work at the same time. */
export function cores(): number {
  return availableParallelism();
}
