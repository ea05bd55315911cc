import type { Scenario } from '../scenario';
import type { VcpuStart } from './destination-guest';
import type { TouchKind } from './stretch';
import { Touches } from './touches';

/** The streams at the source are numbered below this one. */
const FIRST_STREAM = 16;

/** The guest's vCPUs as they start at the destination: first those that write, which have done `work` seconds of work. */
export function vcpusOf({ guest, seed }: Scenario, work: number, readersWork: number, maxTouches: number): VcpuStart[] {
  const { vcpus, writers = vcpus } = guest;
  const share = (kind: TouchKind, first: number, every: number) =>
    // Streams of their own: a vCPU's chance must not hang on what the others meet.
    new Touches(guest, kind, seed, FIRST_STREAM + 2 * first + (kind === 'writes' ? 0 : 1), maxTouches, { first, every });
  return Array.from({ length: vcpus }, (_, id) => {
    const reads = share('reads', id, vcpus);
    return id < writers ? { work, touches: [share('writes', id, writers), reads] } : { work: readersWork, touches: [reads] };
  });
}
