import type { Timeline } from '../engine/report';
import { plural, seconds } from './quantities';

/** How fine a timeline is, wherever one is shown: nobody shall take a sample for a moment. */
export function samplingOf({ sampleSeconds, throughput }: Timeline): string {
  return `The timeline is down-sampled: ${plural(throughput.length, 'sample')} of ${seconds(sampleSeconds)} each.`;
}
