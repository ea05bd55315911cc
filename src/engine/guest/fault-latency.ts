/**
 * How long network faults took, each from the touch of a vCPU to where that vCPU went on: the request's way to the source
 * and its wait there, the page's way, and putting it in place. Faults that the end of the run cut off are not among them.
 */
export interface FaultLatency {
  meanSeconds: number;
  /** Half of the faults took no longer. */
  medianSeconds: number;
  /** 99 % of the faults took no longer. */
  p99Seconds: number;
  longestSeconds: number;
}

/** Of faults that took so many seconds each, in any order; undefined if there are none. */
export function faultLatencyOf(seconds: readonly number[]): FaultLatency | undefined {
  if (seconds.length === 0) return undefined;
  const sorted = new Float64Array(seconds).sort();
  // The nearest rank: always a latency that occurred.
  const within = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return {
    meanSeconds: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    medianSeconds: within(0.5),
    p99Seconds: within(0.99),
    longestSeconds: sorted.at(-1)!,
  };
}
