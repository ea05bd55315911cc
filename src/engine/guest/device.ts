import type { Page } from '../api';
import type { Scenario } from '../scenario';
import { Touches } from './touches';

/** A passed-through device, which writes memory by itself; and who is told. */
export interface Device {
  readonly writes: Touches;
  wrote(page: Page, at: number): void;
}

/** The scenario's device, which writes random pages of the working set; undefined if there is none. */
export function deviceOf({ guest, seed }: Scenario, maxTouches: number, wrote: Device['wrote']): Device | undefined {
  const { deviceWritesPerSecond: writesPerSecond = 0, workingSetPages, workingSetStart } = guest;
  if (writesPerSecond === 0) return undefined;
  const activity = { workload: 'random', readsPerSecond: 0, writesPerSecond, workingSetPages, workingSetStart } as const;
  const writes = new Touches({ ...guest, ...activity, phases: undefined, trace: undefined }, 'writes', seed, 3, maxTouches);
  return { writes, wrote };
}
