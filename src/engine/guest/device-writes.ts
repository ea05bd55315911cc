import type { Scenario } from '../scenario';
import { Touches } from './touches';

/** The writes of a passed-through device, to random pages of the working set; undefined if there is none. */
export function deviceWritesOf({ guest, seed }: Scenario, maxTouches: number): Touches | undefined {
  const { deviceWritesPerSecond: writesPerSecond = 0, workingSetPages, workingSetStart } = guest;
  if (writesPerSecond === 0) return undefined;
  const activity = { workload: 'random', readsPerSecond: 0, writesPerSecond, workingSetPages, workingSetStart } as const;
  return new Touches({ ...guest, ...activity, phases: undefined, trace: undefined }, 'writes', seed, 3, maxTouches);
}
